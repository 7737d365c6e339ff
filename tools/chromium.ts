import { existsSync } from 'node:fs'

/**
 * A real Chromium for tests: `CHROMIUM_PATH`, else an installed one, else the one that ships inside
 * the npm package @sparticuz/chromium (Linux x64). Nothing is downloaded.
 */
export async function chromiumPath(): Promise<string> {
  const installed = [process.env.CHROMIUM_PATH, '/usr/bin/chromium'].find(
    (path) => path && existsSync(path),
  )
  if (installed) return installed
  // The package brings NSS libraries for systems without them, and unpacks them only under Lambda.
  process.env.AWS_EXECUTION_ENV ??= 'AWS_Lambda_nodejs22.x'
  const { default: chromium } = await import('@sparticuz/chromium')
  return chromium.executablePath()
}

/** The package's own flags switch web security off, which would void every CSP and CORS test. */
export const chromiumArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
]
