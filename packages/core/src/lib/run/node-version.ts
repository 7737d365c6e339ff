import { TaskflowError } from '../errors.ts'

/** The oldest Node that every package runs on; `engines` in each package.json says the same. */
const OLDEST = [22, 12] as const

/**
 * Refuses a Node that is too old, before it crashes in native code: npm only warns of it. Other
 * runtimes say which Node they are like, or nothing.
 */
export function checkNodeVersion(version: string | undefined = nodeVersion()): void {
  if (version === undefined) return
  const [major = 0, minor = 0] = version.split('.').map(Number)
  if (major > OLDEST[0] || (major === OLDEST[0] && minor >= OLDEST[1])) return
  throw new TaskflowError(
    'configuration',
    `taskflow: expected Node ${OLDEST.join('.')} or newer, got ${version}: install a newer Node`,
  )
}

function nodeVersion(): string | undefined {
  const { process } = globalThis as { process?: { versions?: { node?: string } } }
  return process?.versions?.node
}
