import { type Figures, judge } from './goals.ts'
import type { Ratio, Result } from './report-format.ts'
import { SYSTEMS, systemNamed } from './systems/catalogue.ts'

/** Sets each figure in relation to the others of the same run. */
export function compare(results: Result[]): Result[] {
  const byName = new Map(results.map((result) => [`${result.measure} ${result.system}`, result]))
  const figures: Figures = (measure, system) => byName.get(`${measure} ${system}`)?.value ?? null
  return results.map((result) => ({
    ...result,
    toRaw: ratio(result, systemNamed(result.system).raw, figures),
    toBestPeer: toBestPeer(result, figures),
    toEmpty: toEmpty(result),
    goals: judge(result, figures),
  }))
}

function ratio(
  { measure, value }: Result,
  system: string | undefined,
  figures: Figures,
): Ratio | null {
  const other = system === undefined ? null : figures(measure, system)
  if (system === undefined || value === null || !other) return null
  return { system, ratio: value / other }
}

function toBestPeer(result: Result, figures: Figures): Ratio | null {
  const { kind, storage } = systemNamed(result.system)
  if (kind !== 'taskflow') return null
  const sign = result.better === 'higher' ? -1 : 1
  const peers = SYSTEMS.filter((system) => system.kind === 'peer')
    .map((system) => ({ system, value: figures(result.measure, system.name) }))
    .filter((peer) => peer.value !== null)
    .sort((a, b) => sign * ((a.value ?? 0) - (b.value ?? 0)))
  const best = peers.find(({ system }) => system.storage === storage) ?? peers[0]
  return ratio(result, best?.system.name, figures)
}

function toEmpty({ system, value, empty }: Result): Ratio | null {
  return value === null || !empty ? null : { system, ratio: value / empty }
}
