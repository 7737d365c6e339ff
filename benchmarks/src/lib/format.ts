import { LIST_QUERIES, PAGE_QUERIES, ROWS } from './measures.ts'
import type { Ratio, Report, Result } from './report-format.ts'

/** A table of texts, for a terminal or a document. */
export interface Block {
  title: string
  head: string[]
  rows: string[][]
  /** What has no figures, and why. */
  notRun: { name: string; reason: string }[]
}

const HEAD = ['', 'median', 'runs', '÷ raw', '÷ best peer', '÷ empty', 'goals']

/** Rows of many queries are told in one table each. */
const TABLES = [
  {
    row: 'lists',
    queries: LIST_QUERIES,
    title: 'first pages and metrics over finished rows, p50 / p95 (ms)',
  },
  {
    row: 'pages',
    queries: PAGE_QUERIES,
    title: 'pages and metrics over HTTP and finished rows, p50 / p95 (ms)',
  },
]

/** One block per measure, in the order of the rows; rows of many queries together. */
export function blocksOf(report: Report): Block[] {
  const titles = new Map(report.systems.map(({ name, title }) => [name, title]))
  const titleOf = ({ system }: Result) => titles.get(system) ?? system
  const inTables = new Set(
    TABLES.flatMap(({ row, queries }) =>
      queries.flatMap((query) => [50, 95].map((p) => `${row}-${query}-p${p}`)),
    ),
  )
  const measures = ROWS.flatMap(({ cases }) => cases.flatMap((item) => item.measures)).filter(
    ({ name }) => !inTables.has(name),
  )
  const blocks = measures.map(({ name, title, unit }) => {
    const results = report.results.filter(({ measure }) => measure === name)
    return {
      title: `${title} (${unit})`,
      head: HEAD,
      rows: results.filter(isOk).map((result) => [titleOf(result), ...cells(result)]),
      notRun: results
        .filter((result) => !isOk(result))
        .map((result) => ({ name: titleOf(result), reason: result.reason ?? '' })),
    }
  })
  const tables = TABLES.map((table) => tableOf(report, table, titleOf))
  return [...blocks, ...tables].filter(({ rows, notRun }) => rows.length + notRun.length > 0)
}

function cells(result: Result): string[] {
  return [
    formatValue(result.value),
    formatSpread(result),
    formatRatio(result.toRaw),
    formatRatio(result.toBestPeer, true),
    formatRatio(result.toEmpty),
    formatGoals(result),
  ]
}

/** One line per query, one column per storage. */
function tableOf(
  report: Report,
  { row, queries, title }: (typeof TABLES)[number],
  titleOf: (result: Result) => string,
): Block {
  const all = report.results.filter((result) => result.row === row)
  const systems = [...new Set(all.map(({ system }) => system))].filter((system) =>
    all.some((result) => result.system === system && isOk(result)),
  )
  const find = (measure: string, system: string) =>
    all.find((result) => result.measure === measure && result.system === system)
  const cell = (query: string, system: string) => {
    const [p50, p95] = [50, 95].map((p) => find(`${row}-${query}-p${p}`, system))
    if (!p50 || !isOk(p50)) return p50?.reason ?? ''
    return `${formatValue(p50.value)} / ${formatValue(p95?.value ?? null)}`
  }
  const failed = all.filter(({ system }) => !systems.includes(system))
  const reasons = new Map(failed.map((result) => [titleOf(result), result.reason ?? '']))
  return {
    title,
    head: ['', ...systems],
    rows: systems.length === 0 ? [] : queries.map((query) => line(query, systems, cell)),
    notRun: [...reasons].map(([name, reason]) => ({ name, reason })),
  }
}

function line(
  query: string,
  systems: string[],
  cell: (query: string, system: string) => string,
): string[] {
  return [query.replaceAll('-', ' '), ...systems.map((system) => cell(query, system))]
}

const isOk = ({ status }: Result) => status === 'ok'

/** Three digits that mean something, thousands apart. */
export function formatValue(value: number | null): string {
  if (value === null) return '–'
  if (value >= 1000) return Math.round(value).toLocaleString('en').replaceAll(',', ' ')
  if (value >= 10) return value.toFixed(value >= 100 ? 0 : 1)
  return value >= 0.1 ? value.toFixed(2) : value.toPrecision(2)
}

function formatRatio(ratio: Ratio | null, named = false): string {
  if (ratio === null) return ''
  return named ? `${formatValue(ratio.ratio)} (${ratio.system})` : formatValue(ratio.ratio)
}

function formatGoals({ goals }: Result): string {
  return goals
    .map(({ goal, pass }) => `${goal}: ${pass === null ? 'not known' : pass ? 'pass' : 'MISS'}`)
    .join('; ')
}

/** Lowest and highest run. */
function formatSpread({ runs }: Result): string {
  if (runs.length < 2) return ''
  return `${formatValue(Math.min(...runs))}–${formatValue(Math.max(...runs))}`
}
