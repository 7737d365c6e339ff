import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DashboardAsset, DashboardUi } from '@taskflow/core'
import { dashboardUiFrom } from '../../packages/ui/src/lib/server/dashboard-ui.ts'

const startedAt = Date.now()

/** Looks twice a second whether another dashboard or another process answers, and reloads then. */
const RELOAD = `let build
setInterval(async () => {
  const answer = await fetch(new URL('dev-build.txt', import.meta.url)).catch(() => null)
  const now = answer?.ok ? await answer.text() : build
  if (build !== undefined && now !== build) location.reload()
  build = now
}, 500)
`

/** The dashboard of `folder` as it is at each request, in pages that reload when it changes. */
export function devUi(folder: string): DashboardUi {
  const ui = () => dashboardUiFrom(folder)
  const file = (contentType: string, text: string): DashboardAsset => ({
    body: new TextEncoder().encode(text),
    contentType,
    contentEncoding: null,
    etag: `"${startedAt}"`,
    immutable: false,
  })
  return {
    page: (input) => {
      const script = `<script type="module" src="${input.base}/dashboard/assets/dev-reload.js"></script>`
      return ui().page(input).replace('</head>', `${script}</head>`)
    },
    loginPage: (input) => ui().loginPage(input),
    async asset(name, acceptEncoding) {
      if (name === 'dev-reload.js') return file('text/javascript; charset=utf-8', RELOAD)
      if (name !== 'dev-build.txt') return ui().asset(name, acceptEncoding)
      const manifest = readFileSync(join(folder, 'manifest.json'), 'utf8')
      const text = `${startedAt} ${manifest}`
      return { ...file('text/plain; charset=utf-8', text), etag: `"${text.length}-${Date.now()}"` }
    },
  }
}
