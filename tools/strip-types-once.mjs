import { createHash, randomUUID } from 'node:crypto'
import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { registerHooks, stripTypeScriptTypes } from 'node:module'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { isMainThread } from 'node:worker_threads'

// Preloaded where tests run. Node strips types with WebAssembly, anew in each thread, and V8 aborts now
// and then where many threads come and go with that: "Check failed: jit_page.has_value()",
// https://github.com/nodejs/node/issues/64500. From the cache, a thread starts sooner too.
if (!isMainThread) {
  registerHooks({
    load(url, context, nextLoad) {
      if (!url.startsWith('file:') || !url.endsWith('.ts')) return nextLoad(url, context)
      return { format: 'module', source: stripped(fileURLToPath(url)), shortCircuit: true }
    },
  })
}

const folder = join(tmpdir(), `taskflow-stripped-${process.version}`)

function stripped(file) {
  const source = readFileSync(file, 'utf8')
  const cached = join(folder, createHash('sha256').update(source).digest('hex'))
  try {
    return readFileSync(cached, 'utf8')
  } catch {
    const text = stripTypeScriptTypes(source)
    mkdirSync(folder, { recursive: true })
    // Others may read it meanwhile.
    const draft = `${cached}.${randomUUID()}`
    writeFileSync(draft, text)
    renameSync(draft, cached)
    return text
  }
}
