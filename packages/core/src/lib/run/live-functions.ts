import type { FunctionInfo, InstanceRecord } from '../storage/contract.ts'

/** A function and how many live instances can run it. */
export type LiveFunction = FunctionInfo & { instances: number }

/** What can be run: by this process, and by other instances that are alive; by name. */
export function liveFunctions(
  own: readonly FunctionInfo[],
  others: readonly InstanceRecord[],
): LiveFunction[] {
  const byName = new Map<string, LiveFunction>()
  const alive = others.filter(({ state }) => state !== 'stale')
  for (const info of [...own, ...alive.flatMap(({ functions }) => functions)]) {
    const known = byName.get(info.funcName)
    if (known) known.instances++
    else byName.set(info.funcName, { ...info, instances: 1 })
  }
  return [...byName.values()].sort((a, b) => (a.funcName < b.funcName ? -1 : 1))
}
