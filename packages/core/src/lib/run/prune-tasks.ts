import type { TaskStorage } from '../storage/contract.ts'

/** Deleted per commit, so that nobody waits long for it. */
const CHUNK = 500

/** Deletes, chunk by chunk, all that `prune` would, or until `stopped`; resolves with how many that were. */
export async function pruneTasks(
  storage: TaskStorage,
  input: Omit<Parameters<TaskStorage['prune']>[0], 'limit'>,
  stopped = () => false,
): Promise<number> {
  for (let total = 0; ; ) {
    const { deleted } = await storage.prune({ ...input, limit: CHUNK })
    total += deleted
    if (deleted < CHUNK || input.dryRun || stopped()) return total
  }
}
