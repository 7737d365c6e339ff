import type { TaskJson } from '@taskflow/core/client'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import type { KnownValue } from '../query/suggestions.ts'

/** Values of a field that the server or the page knows, with how many runs have them where that is known. */
export function knownValues(
  store: DashboardStore,
  rows: readonly TaskJson[],
  field: string,
): KnownValue[] {
  switch (field) {
    case 'task':
      return store.functions
        .map(({ func_name, group, analytics }) => ({
          value: func_name,
          note: group ?? '',
          ...(analytics && { count: analytics.total }),
        }))
        .sort((a, b) => a.value.localeCompare(b.value))
    case 'group':
      return summed(store, ({ group }) => group)
    case 'executor':
      return summed(store, ({ executor }) => executor ?? null)
    case 'instance': {
      const ids = (store.overview?.instances ?? []).map((one) => one.instance_id)
      return distinct([...ids, ...rows.map((task) => task.instance)])
    }
    case 'flow':
      return distinct(rows.map((task) => task.flow_id))
    case 'schedule':
      return distinct(rows.map((task) => task.schedule_id))
    case 'tag':
      return distinct(
        rows.flatMap((task) => Object.entries(task.tags).map(([key, value]) => `${key}:${value}`)),
      )
    case 'status':
    case 'phase': {
      const { metrics } = store
      return metrics
        ? Object.entries(metrics)
            .filter(([name, count]) => COUNTED.has(name) && typeof count === 'number')
            .map(([value, count]) => ({ value, count: count as number }))
        : []
    }
    default: {
      const [name, key] = field.split('.', 2)
      if (name !== 'tag' || key === undefined) return []
      return distinct(rows.map((task) => task.tags[key] ?? null))
    }
  }
}

const COUNTED = new Set([
  ...['pending', 'running', 'success', 'failed', 'interrupted', 'cancelled'],
  ...['queued', 'scheduled', 'blocked', 'retrying'],
])

type Functions = DashboardStore['functions'][number]

function summed(store: DashboardStore, of: (one: Functions) => string | null): KnownValue[] {
  const counts = new Map<string, number>()
  for (const one of store.functions) {
    const value = of(one)
    if (value) counts.set(value, (counts.get(value) ?? 0) + (one.analytics?.total ?? 0))
  }
  return [...counts].map(([value, count]) => ({ value, count }))
}

function distinct(values: readonly (string | null)[]): KnownValue[] {
  const found = new Set(values.filter((value): value is string => !!value))
  return [...found].sort().map((value) => ({ value }))
}
