import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { brotliDecompressSync, gunzipSync } from 'node:zlib'
import type { DashboardUi } from '@taskflow/core'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { writeAssets } from '../../../build/write-assets.ts'
import { preferredEncoding } from './accept-encoding.ts'
import { dashboardUiFrom } from './dashboard-ui.ts'
import { assetsFolder } from './manifest.ts'

const script = 'console.log("dashboard")'.repeat(20)
let folder: string
let ui: DashboardUi

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'taskflow-ui-'))
  await writeFile(join(folder, 'bundle.js'), script)
  await writeFile(join(folder, 'taskflow-old.js'), 'of an earlier build')
  await writeAssets(folder)
  ui = dashboardUiFrom(folder)
})

afterAll(() => rm(folder, { recursive: true }))

const hostile = '"><img src=x onerror=alert(1)>\'&'
const input = { base: '/tasks', title: 'Shop', theme: null }
const login = { ...input, next: '/tasks/dashboard', message: null, username: '' }
const text = (body: Uint8Array) => Buffer.from(body).toString()

describe('page', () => {
  it('holds the element, the hashed files and nothing inline', () => {
    const html = ui.page({ ...input, theme: 'dark' })
    expect(html).toContain(
      '<taskflow-dashboard base="/tasks" title="Shop" theme="dark" locale="auto" url-sync="path">',
    )
    expect(html).toMatch(/<script type="module" src="\/tasks\/dashboard\/assets\/taskflow-\w+\.js"/)
    expect(html).toMatch(/<link rel="stylesheet" href="\/tasks\/dashboard\/assets\/page-\w+\.css"/)
    expect(html).toContain('data-theme="dark"')
    expect(html).toContain('<noscript>')
    expect(html).not.toMatch(/ style=|<style|<script>| on\w+=/)
  })

  it('keeps hostile text text', () => {
    expect(ui.page({ ...input, base: hostile, title: hostile })).not.toContain('<img')
    const page = ui.loginPage({
      ...login,
      ...input,
      base: hostile,
      title: hostile,
      next: hostile,
      message: hostile,
      username: hostile,
    })
    expect(page).not.toContain('<img')
    expect(page).not.toContain(hostile)
  })
})

describe('loginPage', () => {
  it('posts user, password and the way back, without script as well', () => {
    const html = ui.loginPage(login)
    expect(html).toContain('<form method="post" action="/tasks/auth/login">')
    for (const name of ['username', 'password', 'next']) expect(html).toContain(`name="${name}"`)
    expect(html).toContain('value="/tasks/dashboard"')
    expect(html).not.toMatch(/ style=|<style|<script>| on\w+=/)
  })

  it('has a style of its own, which the dashboard does not load', () => {
    const style = /dashboard\/assets\/login-\w+\.css/
    expect(ui.loginPage(login)).toMatch(style)
    expect(ui.loginPage(login)).toMatch(/dashboard\/assets\/page-\w+\.css/)
    expect(ui.page(input)).not.toMatch(style)
  })

  it('J5 brings the button that shows the password as a file of its own', async () => {
    const [, name = '', integrity = ''] =
      /assets\/(login-\w+\.js)" integrity="sha384-([^"]+)"/.exec(ui.loginPage(login)) ?? []
    const asset = await ui.asset(name, '')
    expect(asset).toMatchObject({ immutable: true, contentType: 'text/javascript; charset=utf-8' })
    const code = text(asset?.body ?? new Uint8Array())
    expect(code).toContain('Show password')
    expect(createHash('sha384').update(code).digest('base64')).toBe(integrity)
  })

  it('says what was refused at the password, and anything else above the form', () => {
    const refused = ui.loginPage({ ...login, message: 'No match', username: 'ada' })
    expect(refused).toContain('role="alert"')
    expect(refused).toMatch(/name="password"[^>]*autofocus[^>]*aria-invalid="true"/)
    expect(ui.loginPage({ ...login, message: 'Session ended' })).toContain('role="status"')
  })
})

describe('asset', () => {
  const name = () => /taskflow-\w+\.js/.exec(ui.page(input))?.[0] ?? ''

  it('comes in the best encoding the browser takes', async () => {
    const br = await ui.asset(name(), 'gzip, deflate, br')
    const gzip = await ui.asset(name(), 'gzip;q=1, br;q=0')
    const plain = await ui.asset(name(), 'identity')
    expect([br?.contentEncoding, gzip?.contentEncoding, plain?.contentEncoding]).toEqual([
      'br',
      'gzip',
      null,
    ])
    expect(text(brotliDecompressSync(br?.body ?? ''))).toBe(script)
    expect(text(gunzipSync(gzip?.body ?? ''))).toBe(script)
    expect(text(plain?.body ?? new Uint8Array())).toBe(script)
    expect(new Set([br?.etag, gzip?.etag, plain?.etag]).size).toBe(3)
  })

  it('may be kept for ever when its name has a hash, unlike the stable entry', async () => {
    expect(await ui.asset(name(), '')).toMatchObject({
      immutable: true,
      contentType: 'text/javascript; charset=utf-8',
    })
    const entry = await ui.asset('taskflow.js', '')
    expect(entry?.immutable).toBe(false)
    expect(text(entry?.body ?? new Uint8Array())).toContain(`import "./${name()}"`)
  })

  it.each(['../package.json', 'manifest.json', 'taskflow-old.js', 'constructor', '__proto__', ''])(
    'does not hand out %j',
    async (wanted) => {
      expect(await ui.asset(wanted, 'br')).toBeNull()
    },
  )
})

describe('dashboardUi', () => {
  it('says how to build when nothing was built', () => {
    expect(() => dashboardUiFrom(join(folder, 'nowhere'))).toThrowError(
      expect.objectContaining({
        code: 'configuration',
        message: expect.stringContaining('npm run build'),
      }),
    )
  })

  it('finds the files of its own package', () => {
    expect(assetsFolder()).toMatch(/packages\/ui\/dist\/assets$/)
  })
})

it('reads Accept-Encoding as browsers write it', () => {
  expect(preferredEncoding('*', ['gzip'])).toBe('gzip')
  expect(preferredEncoding('*;q=0, gzip', ['br', 'gzip'])).toBe('gzip')
  expect(preferredEncoding('zstd', ['br'])).toBeNull()
})
