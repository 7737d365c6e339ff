// npm leaves platform packages that its registry does not serve out of the lockfile, and `npm ci`
// then refuses it. This adds them back; run it after every dependency change (CONTRIBUTING.md).
import { readFileSync, writeFileSync } from 'node:fs'

const lock = JSON.parse(readFileSync('package-lock.json', 'utf8'))
const P = lock.packages
const OS = [
  'linux',
  'darwin',
  'win32',
  'android',
  'freebsd',
  'netbsd',
  'openbsd',
  'sunos',
  'aix',
  'openharmony',
]
const CPU = [
  'x64',
  'ia32',
  'arm64',
  'arm',
  'ppc64',
  's390x',
  'riscv64',
  'loong64',
  'mips64el',
  'wasm32',
]
const up = (d) =>
  d.includes('node_modules/') ? d.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '') : ''
const find = (from, name) => {
  for (let d = from; ; d = up(d)) {
    const key = `${d && `${d}/`}node_modules/${name}`
    if (P[key] || !d) return P[key] && key
  }
}
let added = 0
for (const [path, pkg] of Object.entries(P)) {
  for (const [name, range] of Object.entries(pkg.optionalDependencies ?? {})) {
    const have = find(path, name)
    if (!/^\d/.test(range) || (have && P[have].version === range)) continue // platform packages are pinned exactly
    const words = name
      .split(/[@/-]/)
      .map((w) => ({ win: 'win32', windows: 'win32', 64: 'x64' })[w] ?? w)
    const os = OS.find((o) => words.includes(o))
    const cpu = CPU.find((c) => words.includes(c))
    const key = have ? `${path}/node_modules/${name}` : `node_modules/${name}`
    P[key] = {
      version: range,
      ...(cpu && { cpu: [cpu] }),
      ...(pkg.dev && { dev: true }),
      optional: true,
      ...(os && { os: [os] }),
    }
    if (name.includes('musl')) P[key].libc = ['musl']
    added++
  }
}
writeFileSync('package-lock.json', `${JSON.stringify(lock, null, 2)}\n`)
console.log(`added ${added} entries`)
