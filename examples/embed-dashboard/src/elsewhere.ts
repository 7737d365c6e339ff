import { readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createToken } from '@taskflow/core'
import { secretKey } from './app.ts'

/** Another site of yours, which knows its own users and makes tokens for them. */
export function elsewhereServer(tasksUrl: () => string) {
  return createServer(async (req, res) => {
    if (req.url === '/token') {
      const user = { id: 'bo', name: 'Bo', roles: ['operator' as const] }
      return res.end(await createToken({ secretKey, user }))
    }
    const page = await readFile(new URL('../pages/elsewhere.html', import.meta.url), 'utf8')
    res.setHeader('content-type', 'text/html; charset=utf-8')
    res.end(page.replaceAll('{{tasks}}', tasksUrl()))
  })
}
