import { createHash } from 'node:crypto'
import { readdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { brotliCompressSync, constants, gzipSync } from 'node:zlib'
import { transform } from 'esbuild'
import { loginCss } from '../src/lib/page/login-css.ts'
import { pageCss } from '../src/lib/page/page-css.ts'
import type { Manifest, ManifestFile } from '../src/lib/server/manifest.ts'
import { minifyCss } from './minify-templates.ts'

const LOGIN_SCRIPT = fileURLToPath(new URL('../src/lib/page/login-script.ts', import.meta.url))

/** What a browser loads before it shows something, and all there is in English. */
const FIRST_LOAD_LIMIT = 58_400
const TOTAL_LIMIT = 141_800
/** What the login page has besides the page's style. */
const LOGIN_LIMIT = 1200
/** One part of a language, which the others never load. */
const LANGUAGE_LIMIT = 4000

const ICON =
  '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 20 20"><rect width="20" height="20" rx="5" fill="#1e59cd"/><g stroke="#fff" stroke-width="1.8" stroke-linecap="round"><path d="M5 6.2h6.4M5 10h10M5 13.8h5"/></g><g fill="#fff"><circle cx="14.4" cy="6.2" r="1.2"/><circle cx="13" cy="13.8" r="1.2"/></g></svg>'

/**
 * Turns the bundle `<folder>/bundle.js` and its chunks into what the server hands out: files with a
 * hash in their name, the stable `taskflow.js` that imports the script, compressed twins, and a
 * manifest. With `minify`, as for a release, the scripts go through it and have to stay in their limits.
 */
export async function writeAssets(
  folder: string,
  minify?: (script: string) => Promise<string>,
): Promise<void> {
  const small = minify ?? (async (script) => script)
  const bundle = await small(await readFile(join(folder, 'bundle.js'), 'utf8'))
  await rm(join(folder, 'bundle.js'))
  const chunks = await readChunks(folder, bundle, small)
  const files: Record<string, ManifestFile> = {}

  async function write(name: string, text: string, contentType: string, immutable: boolean) {
    const body = Buffer.from(text)
    const br = brotliCompressSync(body, {
      params: {
        [constants.BROTLI_PARAM_QUALITY]: 11,
        [constants.BROTLI_PARAM_SIZE_HINT]: body.length,
      },
    })
    const gzip = gzipSync(body, { level: 9 })
    await writeFile(join(folder, name), body)
    await writeFile(join(folder, `${name}.br`), br)
    await writeFile(join(folder, `${name}.gz`), gzip)
    files[name] = {
      contentType,
      etag: `"${hash(text)}"`,
      immutable,
      encodings: { br: `${name}.br`, gzip: `${name}.gz` },
    }
    return { name, integrity: integrity(text), bytes: gzip.length }
  }

  const css = minifyCss(pageCss())
  const [js, type] = ['text/javascript; charset=utf-8', 'text/css; charset=utf-8']
  const script = await write(`taskflow-${hash(bundle)}.js`, bundle, js, true)
  // Their names end in a hash already, and nothing imports the script: its name may change.
  const sizes = new Map<string, number>()
  for (const [name, text] of chunks) sizes.set(name, (await write(name, text, js, true)).bytes)
  const style = await write(`page-${hash(css)}.css`, css, type, true)
  const [loginScript, loginStyle] = [await loginCode(), minifyCss(loginCss())]
  const login = {
    script: await write(`login-${hash(loginScript)}.js`, loginScript, js, true),
    style: await write(`login-${hash(loginStyle)}.css`, loginStyle, type, true),
  }
  const icon = await write(`icon-${hash(ICON)}.svg`, ICON, 'image/svg+xml', true)
  await write('taskflow.js', `import "./${script.name}"\n`, js, false)

  const manifest: Manifest = {
    script: { name: script.name, integrity: script.integrity },
    chunks: [...chunks]
      .filter(([name]) => imports(bundle, chunks).has(name))
      .map(([name, text]) => ({ name, integrity: integrity(text) })),
    style: { name: style.name, integrity: style.integrity },
    icon: { name: icon.name },
    login: {
      script: { name: login.script.name, integrity: login.script.integrity },
      style: { name: login.style.name, integrity: login.style.integrity },
    },
    files,
  }
  // The manifest replaces the old one in one step, and old files go last: a server that starts
  // meanwhile finds either build whole.
  const path = join(folder, 'manifest.json')
  await writeFile(`${path}.new`, `${JSON.stringify(manifest, null, 2)}\n`)
  await rename(`${path}.new`, path)
  const kept = new Set(['manifest.json'])
  for (const [name, { encodings }] of Object.entries(files)) {
    for (const one of [name, ...Object.values(encodings)]) kept.add(one)
  }
  for (const name of await readdir(folder)) if (!kept.has(name)) await rm(join(folder, name))

  // The script with what it imports, and the largest of the pages that may come first.
  const size = (names: Iterable<string>) =>
    [...names].reduce((sum, name) => sum + (sizes.get(name) ?? 0), 0)
  const shell = imports(bundle, chunks)
  const pages = [...chunks].filter(([name]) => /^(overview|runs|run)-page-/.test(name))
  const views = pages.map(([name, text]) =>
    size(new Set([...shell, name, ...imports(text, chunks)])),
  )
  const firstLoad = script.bytes + style.bytes + Math.max(size(shell), ...views)
  const languages = [...sizes].filter(([name]) => name.startsWith('german'))
  const all = [...sizes.values()].reduce((sum, bytes) => sum + bytes, script.bytes + style.bytes)
  const total = languages.reduce((sum, [, bytes]) => sum - bytes, all)
  const signIn = login.script.bytes + login.style.bytes
  process.stdout.write(`dashboard: ${firstLoad} B gzip first, ${total} B in all\n`)
  process.stdout.write(`login page: ${signIn} B gzip\n`)
  for (const [name, bytes] of sizes) process.stdout.write(`  ${bytes} B ${name}\n`)
  if (!minify) return
  if (signIn > LOGIN_LIMIT) {
    throw new Error(`expected at most ${LOGIN_LIMIT} B gzip for the login page, got ${signIn}`)
  }
  const large = languages.find(([, bytes]) => bytes > LANGUAGE_LIMIT)
  if (large) throw new Error(`expected at most ${LANGUAGE_LIMIT} B in ${large[0]}, got ${large[1]}`)
  if (firstLoad > FIRST_LOAD_LIMIT || total > TOTAL_LIMIT) {
    throw new Error(
      `expected at most ${FIRST_LOAD_LIMIT} B gzip first and ${TOTAL_LIMIT} B in all, got ${firstLoad} and ${total}`,
    )
  }
}

async function loginCode(): Promise<string> {
  const source = await readFile(LOGIN_SCRIPT, 'utf8')
  const options = { loader: 'ts', format: 'esm', minify: true, target: 'es2022' } as const
  const { code } = await transform(source, options)
  return code
}

/** The scripts that esbuild put beside the bundle, without those of earlier builds. */
async function readChunks(
  folder: string,
  bundle: string,
  small: (script: string) => Promise<string>,
): Promise<Map<string, string>> {
  const chunks = new Map<string, string>()
  const open = [bundle]
  for (let text = open.pop(); text !== undefined; text = open.pop()) {
    for (const [, name] of text.matchAll(/["']\.\/([\w-]+\.js)["']/g)) {
      if (name === undefined || chunks.has(name)) continue
      const chunk = await small(await readFile(join(folder, name), 'utf8'))
      chunks.set(name, chunk)
      open.push(chunk)
    }
  }
  return chunks
}

/** Names of the chunks that `text` imports at once, itself or by others. */
function imports(text: string, chunks: ReadonlyMap<string, string>): Set<string> {
  const names = new Set<string>()
  const open = [text]
  for (let one = open.pop(); one !== undefined; one = open.pop()) {
    for (const [, name] of one.matchAll(/(?:from|import)["']\.\/([\w-]+\.js)["']/g)) {
      if (name === undefined || names.has(name)) continue
      names.add(name)
      open.push(chunks.get(name) ?? '')
    }
  }
  return names
}

function hash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10)
}

function integrity(text: string): string {
  return `sha384-${createHash('sha384').update(text).digest('base64')}`
}
