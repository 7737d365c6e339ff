import { html, nothing, type TemplateResult } from 'lit'
import { formatElapsed } from '../../format/duration.ts'
import { formatClock } from '../../format/time.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'

/** Says that what is shown may be old, and how old. */
export function connectionBanner(store: DashboardStore): TemplateResult | typeof nothing {
  const { retryAt } = store.connection
  const state = store.connectionState
  if (state !== 'offline' && state !== 'error') return nothing
  const seconds = retryAt === null ? null : Math.max(0, Math.ceil((retryAt - Date.now()) / 1000))
  const since =
    store.freshAt === null
      ? ''
      : t('You see data as of {time}.', { time: formatClock(store.freshAt) })
  return html`<p class="banner warning" role="status">
    ${icon(state === 'offline' ? 'offline' : 'warning')}
    <span class="grow"
      ><b>${state === 'offline' ? t('Connection lost.') : t('The server is not available.')}</b>
      ${since} ${seconds === null ? t('Trying again…') : t('Trying again in {time}.', { time: formatElapsed(seconds) })}</span
    >
    <button class="button" type="button" @click=${() => store.connection.retryNow()}>${t('Try now')}</button>
  </p>`
}

/** Says that page and server are of different versions, until somebody has read it. */
export function versionBanner(
  mix: DashboardStore['versionMix'],
  closed: string,
  close: (version: string) => void,
): TemplateResult | typeof nothing {
  if (!mix || mix.server === closed) return nothing
  return html`<p class="banner warning" role="status" data-banner="version">
    ${icon('warning')}
    <span class="grow">${t('This page is of version {page}, the server of {server}: load it again.', mix)}</span>
    <button class="button" type="button" @click=${() => location.reload()}>${t('Reload')}</button>
    <button class="button plain" type="button" @click=${() => close(mix.server)}>${t('Close')}</button>
  </p>`
}

/** Stands over the page when the session has ended; what is below stays as it was. */
export function signInCard(store: DashboardStore, loginUrl: string): TemplateResult {
  return html`<div class="sign-in" role="alertdialog" aria-labelledby="sign-in-title">
    <h1 id="sign-in-title">${icon('lock')} ${t('Sign in to go on')}</h1>
    <p class="muted">
      ${
        store.freshAt === null
          ? t('Background tasks are shown to people with an account.')
          : t('Your session has ended. Filters and the open run stay as they are.')
      }
    </p>
    <a class="button primary" href=${loginUrl}>${t('Sign in')}</a>
    <button class="link" type="button" @click=${() => store.connection.retryNow()}>${t('I have signed in elsewhere')}</button>
  </div>`
}
