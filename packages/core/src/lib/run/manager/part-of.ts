import { TaskflowError } from '../../errors.ts'
import type { TaskStorage } from '../../storage/contract.ts'

/** An optional part of a storage. @throws TaskflowError `configuration` where it has none. */
export function partOf<Name extends 'functions' | 'logs' | 'series'>(
  storage: TaskStorage,
  name: Name,
): NonNullable<TaskStorage[Name]> {
  const part = storage[name]
  if (part) return part as NonNullable<TaskStorage[Name]>
  throw new TaskflowError('configuration', `${name}: the storage ${storage.name} has none`)
}
