import { randomUUID, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { createServer, type IncomingMessage, type ServerResponse } from 'node:http'
import { createRunToken } from '@taskflow/core'
import { nodeHandler } from '@taskflow/core/node'
import { type makeApp, makeExport, secretKey } from './app.ts'

/** The header in which each framework wants its CSRF token, below the prefix of its proxy. */
const CSRF_HEADERS: Record<string, string> = {
  '/rails': 'x-csrf-token',
  '/django': 'x-csrftoken',
}
const token = randomUUID()

/** The shop: its pages, the handler, and two proxies as other frameworks put in front of it. */
export function shopServer({ tasks, handler }: ReturnType<typeof makeApp>) {
  const taskflow = nodeHandler(handler)

  return createServer((req, res) => {
    const prefix = /^\/(?:rails|django)(?=\/tasks(?:[/?]|$))/.exec(req.url ?? '')?.[0]
    if (prefix !== undefined && !hasToken(req, prefix)) {
      res.statusCode = 403
      return res.end('CSRF token missing or wrong\n')
    }
    req.url = req.url?.slice(prefix?.length)
    void taskflow(req, res, (error) => {
      if (error) return res.destroy()
      void page(req, res).catch(() => {
        res.statusCode = 404
        res.end('No such page\n')
      })
    })
  })

  async function page(req: IncomingMessage, res: ServerResponse) {
    const name = /^\/(\w+(?:\.css)?)$/.exec(req.url ?? '')?.[1] ?? 'plain'
    const css = name.endsWith('.css')
    let text = await readFile(
      new URL(`../pages/${css ? name : `${name}.html`}`, import.meta.url),
      'utf8',
    )
    if (name === 'export') {
      // Your users need no account for the dashboard: a token for their one run is enough.
      const { taskId } = await tasks.enqueue(makeExport, { stepMs: 1_000 })
      text = text
        .replace('{{run}}', taskId)
        .replace('{{token}}', await createRunToken({ secretKey, taskId }))
    } else {
      res.setHeader('set-cookie', ['shop=ada; HttpOnly; SameSite=Lax', `csrftoken=${token}`])
    }
    res.setHeader('content-type', css ? 'text/css' : 'text/html; charset=utf-8')
    // No inline script but on Django's page, whose own it is.
    if (name !== 'django') res.setHeader('content-security-policy', STRICT)
    res.end(text.replace('{{token}}', token))
  }
}

const STRICT =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; require-trusted-types-for 'script'; trusted-types lit-html"

/** What Rails and Django ask of every request that changes something. */
function hasToken(req: IncomingMessage, prefix: string): boolean {
  if (req.method === 'GET' || req.method === 'HEAD') return true
  const given = Buffer.from(String(req.headers[CSRF_HEADERS[prefix] ?? ''] ?? ''))
  return given.length === token.length && timingSafeEqual(given, Buffer.from(token))
}
