import { type Block, blocksOf } from './format.ts'
import type { Report } from './report-format.ts'

/** The report for a terminal. */
export function table(report: Report): string {
  return `${[head(report), ...blocksOf(report).map(draw)].join('\n\n')}\n`
}

function head({ environment, settings }: Report): string {
  const { date, cpu, cores, memoryGiB, platform, node, loadBefore, servers } = environment
  const versions = Object.entries(environment.packages).map(
    ([name, version]) => `${name} ${version}`,
  )
  return [
    date,
    `${cores} × ${cpu}, ${memoryGiB} GiB, ${platform}, load ${loadBefore}`,
    [`Node ${node}`, `taskflow from ${environment.code}`, ...versions].join(', '),
    ...Object.entries(servers).map(([name, about]) => `${name}: ${about}`),
    Object.entries(settings)
      .map(([name, value]) => `${name} ${value}`)
      .join(', '),
  ].join('\n')
}

function draw({ title, head, rows, notRun }: Block): string {
  const names = [...rows.map(([name = '']) => name), ...notRun.map(({ name }) => name)]
  const first = Math.max(...names.map((name) => name.length))
  const all = rows.length > 0 ? [head, ...rows] : []
  const widths = head.map((_, i) => Math.max(0, ...all.map((row) => row[i]?.length ?? 0)))
  const lines = all.map((row) =>
    row
      .map((text, i) => {
        if (i === 0) return `  ${text.padEnd(first)}`
        // The last column is text.
        return i === row.length - 1 ? text : text.padStart(widths[i] ?? 0)
      })
      .join('  ')
      .trimEnd(),
  )
  const missing = notRun.map(({ name, reason }) => `  ${name.padEnd(first)}  not run: ${reason}`)
  return [title, ...lines, ...missing].join('\n')
}
