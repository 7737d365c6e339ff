import { type SQL, sql } from 'drizzle-orm'
import { FINAL_STATES, SUCCESS } from '../codes.ts'
import type { Session } from '../session.ts'
import { sharedConditions, type Wanted } from './find-sources.ts'
import { mayBegin, mayEnd } from './id-text.ts'
import { QuerySource, ReadOnce, type Source, within } from './source.ts'

/** Up to this many index ranges are read side by side for one state each. */
const MAX_STATE_RANGES = 64

/** Where ended tasks are read from: each source is in the order of ids by its index. */
export function doneSources(session: Session, wanted: Wanted): Source[] {
  const { filter, finalStates, labels, idText, tables } = wanted
  if (finalStates.length === 0) return []
  if (filter.taskIds !== undefined) return [byIds(session, wanted, [...new Set(filter.taskIds)])]
  if (idText !== null) return byIdText(session, wanted, idText)
  const [first, ...others] = labels
  if (first !== undefined) return byLabels(session, wanted, first, others)
  const { done } = tables
  const shared = [
    ...sharedConditions(session, wanted, done, []),
    ...idRange(wanted, sql`${done.id}`),
  ]
  const kinds = wanted.kinds === null ? null : [...wanted.kinds]
  if (!finalStates.includes(SUCCESS)) {
    const count = finalStates.length * (kinds?.length ?? 1)
    const byKind = kinds !== null && count <= MAX_STATE_RANGES
    return finalStates.flatMap((state) => {
      const isState = sql`${done.state} = ${state} and ${done.state} <> ${sql.raw(`${SUCCESS}`)}`
      if (!byKind) {
        const conditions = [isState, ...kindConditions(wanted), ...shared]
        return [fromIndex(session, wanted, 'done_state', conditions)]
      }
      return kinds.map((kind) =>
        fromIndex(session, wanted, 'done_kind_state', [
          sql`${done.kind} = ${kind}`,
          isState,
          ...shared,
        ]),
      )
    })
  }
  const states = stateConditions(wanted)
  return (kinds ?? [...session.kinds.all().keys()]).map((kind) =>
    fromIndex(session, wanted, 'done_kind', [sql`${done.kind} = ${kind}`, ...states, ...shared]),
  )
}

function fromIndex(session: Session, wanted: Wanted, index: string, where: SQL[]): Source {
  const { done } = wanted.tables
  const hint = sql.raw(`indexed by "${session.prefix}${index}"`)
  return new QuerySource(session, {
    from: sql`${done} ${hint}`,
    id: sql`${done.id}`,
    seq: sql`${done.seq}`,
    key: wanted.key.done,
    where,
  })
}

function byIds(session: Session, wanted: Wanted, taskIds: string[]): Source {
  const { done, ids } = wanted.tables
  const conditions = [
    ...stateConditions(wanted),
    ...kindConditions(wanted),
    ...sharedConditions(session, wanted, done, wanted.labels),
    ...idTextConditions(wanted, sql`${done.id}`),
  ]
  return new QuerySource(session, {
    from: sql`json_each(${JSON.stringify(taskIds)}) as wanted
      cross join ${ids} on ${ids.id} = wanted.value cross join ${done} on ${done.seq} = ${ids.seq}`,
    id: sql`${done.id}`,
    seq: sql`${done.seq}`,
    key: wanted.key.done,
    where: conditions,
  })
}

function byLabels(
  session: Session,
  wanted: Wanted,
  choices: string[],
  others: string[][],
): Source[] {
  const { done, labels } = wanted.tables
  const conditions = [
    ...stateConditions(wanted),
    ...kindConditions(wanted),
    ...sharedConditions(session, wanted, done, others),
    ...idRange(wanted, sql`${labels.id}`),
  ]
  return [...new Set(choices)].map(
    (label) =>
      new QuerySource(session, {
        from: sql`${labels} cross join ${done} on ${done.seq} = ${labels.seq}`,
        id: sql`${labels.id}`,
        seq: sql`${labels.seq}`,
        key: wanted.key.done,
        where: [sql`${labels.label} = ${label}`, ...conditions],
      }),
  )
}

/** Ids that begin with the text are a range; those that end with it are found by reading all ids. */
function byIdText(session: Session, wanted: Wanted, text: string): Source[] {
  const { done, ids } = wanted.tables
  const conditions = [
    ...stateConditions(wanted),
    ...kindConditions(wanted),
    ...sharedConditions(session, wanted, done, wanted.labels),
  ]
  const begins = sql`${ids.id} >= ${text} and ${ids.id} < ${`${text}\u{10ffff}`}`
  const ends = sql`substr(${ids.id}, ${-text.length}) = ${text} and not (${begins})`
  const source = (match: SQL) =>
    new QuerySource(session, {
      from: sql`${ids} cross join ${done} on ${done.seq} = ${ids.seq}`,
      id: sql`${ids.id}`,
      seq: sql`${ids.seq}`,
      key: wanted.key.done,
      where: [match, ...conditions],
    })
  return [
    ...(mayBegin(text) ? [source(begins)] : []),
    ...(mayEnd(text) ? [new ReadOnce(source(ends))] : []),
  ]
}

function stateConditions({ finalStates, tables }: Wanted): SQL[] {
  return finalStates.length === FINAL_STATES.length ? [] : [within(tables.done.state, finalStates)]
}

function kindConditions({ kinds, tables }: Wanted): SQL[] {
  return kinds === null ? [] : [within(tables.done.kind, kinds)]
}

function idRange({ ids }: Wanted, id: SQL): SQL[] {
  return [
    ...(ids.from === null ? [] : [sql`${id} >= ${ids.from}`]),
    ...(ids.to === null ? [] : [sql`${id} < ${ids.to}`]),
  ]
}

/** The start or end of an id. */
export function idTextConditions({ idText }: Wanted, id: SQL): SQL[] {
  if (idText === null) return []
  const size = idText.length
  return [sql`(substr(${id}, 1, ${size}) = ${idText} or substr(${id}, ${-size}) = ${idText})`]
}
