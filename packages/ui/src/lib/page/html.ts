import type { DashboardUi } from '@taskflow/core'
import { escapeHtml } from './escape.ts'

/** Addresses of the built files, relative to `{base}/dashboard/assets/`. */
export interface PageAssets {
  script: { name: string; integrity: string }
  /** What the script imports at once. */
  chunks: { name: string; integrity: string }[]
  style: { name: string; integrity: string }
  icon: { name: string }
  /** What only the login page has. */
  login: {
    script: { name: string; integrity: string }
    style: { name: string; integrity: string }
  }
}

type PageInput = Parameters<DashboardUi['page']>[0]
type LoginInput = Parameters<DashboardUi['loginPage']>[0]

/** The stand-alone page: one element, no inline script or style. */
export function dashboardPage(input: PageInput, assets: PageAssets): string {
  const { base, title, theme } = input
  return document({
    ...input,
    assets,
    head: [
      ...assets.chunks.map(
        ({ name, integrity }) =>
          `<link rel="modulepreload" href="${assetUrl(base, name)}" integrity="${integrity}">`,
      ),
      moduleScript(base, assets.script),
    ].join('\n'),
    body: `<taskflow-dashboard base="${escapeHtml(base)}" title="${escapeHtml(title)}" theme="${theme ?? 'auto'}" locale="auto" url-sync="path"></taskflow-dashboard>
<noscript><p class="note">This page shows tasks as they run, and needs JavaScript for that.</p></noscript>`,
  })
}

/** The login page: a plain form that works without script; with it, the password can be shown. */
export function loginPage(input: LoginInput, assets: PageAssets): string {
  const { base, title, next, message, username } = input
  // With a name filled in, the message is about what was just sent.
  const refused = message !== null && username !== ''
  const notice = message !== null && !refused
  const focus = (on: boolean) => (on ? ' autofocus' : '')
  return document({
    ...input,
    title: `Sign in – ${title}`,
    assets,
    head: `${stylesheet(base, assets.login.style)}\n${moduleScript(base, assets.login.script)}`,
    body: `<main class="login">
${MARK}
<h1>${escapeHtml(title)}</h1>
<p class="lead">Sign in to see and steer background tasks</p>
<form method="post" action="${escapeHtml(base)}/auth/login">
${notice ? `<p class="notice" role="status">${escapeHtml(message)}</p>` : ''}
<input type="hidden" name="next" value="${escapeHtml(next)}">
<label for="username">User</label>
<input id="username" name="username" value="${escapeHtml(username)}" autocomplete="username" autocapitalize="none" spellcheck="false" required${focus(username === '')}>
<label for="password">Password</label>
<input id="password" name="password" type="password" autocomplete="current-password" required${focus(username !== '')}${refused ? ' aria-invalid="true" aria-describedby="error"' : ''}>
${refused ? `<p class="error" id="error" role="alert">${CROSS}<span>${escapeHtml(message)}</span></p>` : ''}
<button type="submit">Sign in</button>
</form>
</main>`,
  })
}

function document(input: {
  base: string
  title: string
  theme: PageInput['theme']
  assets: PageAssets
  head: string
  body: string
}): string {
  const { base, title, theme, assets, head, body } = input
  return `<!doctype html>
<html lang="en"${theme ? ` data-theme="${theme}"` : ''}>
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="${theme ?? 'light dark'}">
<meta name="robots" content="noindex">
<title>${escapeHtml(title)}</title>
<link rel="icon" type="image/svg+xml" href="${assetUrl(base, assets.icon.name)}">
${stylesheet(base, assets.style)}
${head}
</head>
<body>
${body}
</body>
</html>
`
}

function stylesheet(base: string, { name, integrity }: PageAssets['style']): string {
  return `<link rel="stylesheet" href="${assetUrl(base, name)}" integrity="${integrity}">`
}

function moduleScript(base: string, { name, integrity }: PageAssets['script']): string {
  return `<script type="module" src="${assetUrl(base, name)}" integrity="${integrity}"></script>`
}

function assetUrl(base: string, name: string): string {
  return `${escapeHtml(base)}/dashboard/assets/${escapeHtml(name)}`
}

const MARK =
  '<svg class="mark" viewBox="0 0 20 20" aria-hidden="true"><rect width="20" height="20" rx="5"/><path d="M5 6.2h6.4M5 10h10M5 13.8h5"/><circle cx="14.4" cy="6.2" r="1.2"/><circle cx="13" cy="13.8" r="1.2"/></svg>'
const CROSS = '<svg viewBox="0 0 16 16" aria-hidden="true"><path d="M4 4l8 8M12 4l-8 8"/></svg>'
