import { TaskflowError } from '../errors.ts'

/** A package that the app has to install. */
export interface Peer {
  name: string
  /** Which package of ours needs it. */
  neededBy: string
  /** Throws where it is not installed: `import.meta.resolve`. */
  resolve: () => unknown
  /** Loads what needs it. Asked only when `resolve` throws: a bundle may have it inside. */
  load: () => Promise<unknown>
}

/**
 * For a storage's `open`: says what to install, before the first call that needs it.
 *
 * @throws TaskflowError `configuration` when the peer is not there.
 */
export async function needPeer({ name, neededBy, resolve, load }: Peer): Promise<void> {
  try {
    resolve()
  } catch {
    await load().catch((cause: unknown) => {
      const message = `${neededBy} needs the package ${name}: npm install ${name}`
      throw new TaskflowError('configuration', message, { cause })
    })
  }
}
