import { html, nothing, type TemplateResult } from 'lit'
import { formatCount } from '../../format/number.ts'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { icon, logo } from '../../parts/icons.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'

/** Where something leads. */
export interface Link {
  href: string
  click: (event: MouseEvent) => void
}

/** Mark, title, connection, pause, theme, who is signed in. */
export function dashboardHeader(options: {
  store: DashboardStore
  title: string
  home: Link
  dark: boolean
  live: TemplateResult
  togglePause: () => void
  toggleTheme: () => void
  openPalette: () => void
  signOut: (event: Event) => void
}): TemplateResult {
  const { store, home, dark } = options
  const theme = dark ? t('Light theme') : t('Dark theme')
  return html`<header class="top" part="header" title="">
    <a class="brand" href=${home.href} @click=${home.click}>
      <slot name="logo">${logo()}</slot><span class="truncate">${visibleText(options.title)}</span>
    </a>
    <slot name="header-start"></slot>
    <span class="grow"></span>
    <button
      class="button palette"
      type="button"
      aria-label=${t('Go to, find a run')}
      aria-keyshortcuts="Control+K Meta+K"
      @click=${options.openPalette}
    >
      ${icon('search')}<span class="word">${t('Go to, find a run')}</span><kbd class="kbd" aria-hidden="true">Ctrl K</kbd>
    </button>
    ${options.live}
    ${store.connection.state === 'unauthorised' ? nothing : pauseButton(store, options.togglePause)}
    <button
      class="button plain icon-only"
      type="button"
      aria-label=${theme}
      title="${theme} (t)"
      @click=${options.toggleTheme}
    >
      ${icon(dark ? 'sun' : 'moon')}
    </button>
    ${user(store, options.signOut)}
    <slot name="header-end"></slot>
  </header>`
}

function pauseButton(store: DashboardStore, toggle: () => void) {
  const { paused, heldRuns } = store
  return html`<button
    class="button pause"
    type="button"
    data-paused=${paused}
    aria-label=${paused ? t('Resume, {count} new run|Resume, {count} new runs', { count: heldRuns }) : t('Pause live updates')}
    title=${paused ? t('Resume live updates (p)') : t('Pause live updates (p)')}
    @click=${toggle}
  >
    ${icon(paused ? 'play' : 'pause')}<span class="word">${paused ? t('Resume') : t('Pause')}</span>${
      paused && heldRuns > 0 ? html`<span class="held">+${formatCount(heldRuns)}</span>` : nothing
    }
  </button>`
}

function user(store: DashboardStore, signOut: (event: Event) => void) {
  const name = store.session?.user?.name
  if (!name) return nothing
  return html`<span class="avatar" title=${visibleText(name)} aria-label=${t('Signed in as {name}', { name: visibleText(name) })} role="img"
      >${initials(name)}</span
    >
    <form method="post" action="${store.base}/auth/logout" @submit=${signOut}>
      <button class="button plain icon-only" type="submit" aria-label=${t('Sign out')} title=${t('Sign out')}>
        ${icon('signOut')}
      </button>
    </form>`
}

function initials(name: string): string {
  const words = name.split(/[^\p{L}\p{N}]+/u).filter(Boolean)
  const letters = words.length > 1 ? [words[0], words.at(-1)] : [words[0]]
  return (
    letters
      .map((word) => [...(word ?? '')][0] ?? '')
      .join('')
      .toUpperCase() || '?'
  )
}

/** Signs out by script, for hosts that ask for a CSRF token; as the form does where its code is lost. */
export async function signOutBy(
  form: HTMLFormElement,
  transport: DashboardStore['transport'],
): Promise<void> {
  try {
    const { signOut } = await import('../../pages/extras.ts')
    await signOut(form, transport)
  } catch {
    form.submit()
  }
}
