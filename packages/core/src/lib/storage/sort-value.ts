import type { TaskSort } from './contract.ts'

const TEXTS: readonly TaskSort[] = ['created_at', 'func_name', 'status']

/** Whether a value, such as one in a cursor, can be what tasks are ordered by. */
export function isSortValue(sort: TaskSort, value: unknown): value is string | number | null {
  if (TEXTS.includes(sort)) return typeof value === 'string'
  return value === null || Number.isSafeInteger(value)
}
