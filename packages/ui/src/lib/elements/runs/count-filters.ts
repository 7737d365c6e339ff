import { type RunFilter, TIME_RANGES } from '../../store/filter.ts'
import { readQuery } from '../../store/query.ts'

const FIELDS: readonly string[] = ['group', 'executor', 'source', 'instance', 'phase', 'tag']

/** How many of the filters behind the button are set. */
export function countFilters({ q, since }: RunFilter): number {
  const custom = TIME_RANGES.some((value) => value === since) ? 0 : 1
  return readQuery(q).terms.filter(({ field }) => FIELDS.includes(field)).length + custom
}
