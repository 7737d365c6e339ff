import { randomUUID } from 'node:crypto'
import { once } from 'node:events'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { Packed } from './pack.ts'

/** A registry on loopback that has these packages and no others. */
export async function startRegistry(packages: Packed[]) {
  // npm caches by address: no run must see what an earlier one served on the same port.
  const base = `/${randomUUID()}`
  const server = createServer((req, res) => {
    const path = decodeURIComponent(req.url ?? '').slice(base.length + 1)
    const packed = packages.find(({ name }) => path === name || path === `${name}/tarball.tgz`)
    if (!req.url?.startsWith(`${base}/`) || packed === undefined) {
      res.writeHead(404).end()
    } else if (path === packed.name) {
      res.setHeader('content-type', 'application/json')
      res.end(JSON.stringify(packument(packed, url)))
    } else {
      res.setHeader('content-type', 'application/octet-stream')
      res.end(packed.tarball)
    }
  })
  server.listen(0, '127.0.0.1')
  await once(server, 'listening')
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}${base}/`
  return {
    /** What a project's `.npmrc` sets `@taskflow:registry` to. */
    url,
    async close() {
      server.closeAllConnections()
      server.close()
      await once(server, 'close')
    },
  }
}

function packument({ name, version, manifest, integrity }: Packed, url: string) {
  const dist = { integrity, tarball: `${url}${name}/tarball.tgz` }
  return {
    name,
    'dist-tags': { latest: version },
    versions: { [version]: { ...manifest, dist } },
  }
}
