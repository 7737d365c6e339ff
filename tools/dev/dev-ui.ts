import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { DashboardAsset, DashboardUi } from '@taskflow/core'
import { dashboardUiFrom } from '../../packages/ui/src/lib/server/dashboard-ui.ts'

const startedAt = Date.now()

/**
 * Looks twice a second whether another dashboard or another process answers, and reloads then. It
 * comes with what its page was made of: the first look may be at what came after.
 */
const reloadAfter = (build: string) => `const build = ${JSON.stringify(build)}
setInterval(async () => {
  const answer = await fetch(new URL('dev-build.txt', import.meta.url)).catch(() => null)
  if (answer?.ok && (await answer.text()) !== build) location.reload()
}, 500)
`

/** The dashboard of `folder` as it is at each request, in pages that reload when it changes. */
export function devUi(folder: string): DashboardUi {
  const ui = () => dashboardUiFrom(folder)
  const build = () => `${startedAt} ${readFileSync(join(folder, 'manifest.json'), 'utf8')}`
  const file = (contentType: string, text: string): DashboardAsset => ({
    body: new TextEncoder().encode(text),
    contentType,
    contentEncoding: null,
    // Never the same: nobody is to answer for an earlier one.
    etag: `"${crypto.randomUUID()}"`,
    immutable: false,
  })
  return {
    page: (input) => {
      const script = `<script type="module" src="${input.base}/dashboard/assets/dev-reload.js"></script>`
      return ui().page(input).replace('</head>', `${script}</head>`)
    },
    loginPage: (input) => ui().loginPage(input),
    async asset(name, acceptEncoding) {
      if (name === 'dev-build.txt') return file('text/plain; charset=utf-8', build())
      if (name !== 'dev-reload.js') return ui().asset(name, acceptEncoding)
      return file('text/javascript; charset=utf-8', reloadAfter(build()))
    },
  }
}
