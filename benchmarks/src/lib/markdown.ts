import { type Block, blocksOf } from './format.ts'
import type { Report } from './report-format.ts'

/** The report as the part of a document that is generated. */
export function markdown(report: Report): string {
  const parts = blocksOf(report).flatMap(section)
  return [environment(report), systems(report), ...parts, notRun(report)]
    .filter((part) => part !== '')
    .join('\n\n')
}

function environment({ environment, settings }: Report): string {
  const { date, cpu, cores, memoryGiB, platform, node, loadBefore, servers } = environment
  const server = Object.entries(servers).map(([name, about]) => `${name} ${about}`)
  return [
    `Measured on ${date.slice(0, 10)}: ${cores} × ${cpu}, ${memoryGiB} GiB, ${platform}, Node ${node},`,
    `taskflow from ${environment.code}, load ${loadBefore} before the start; ${server.join('; ')}.`,
    `${settings.count} jobs a run, medians of ${settings.repeat}, ${settings.history} finished rows where it says so.`,
  ].join('\n')
}

function systems({ systems, environment }: Report): string {
  const rows = systems.map(({ title, packages, setup }) => {
    const versions = packages.map((name) => `${name} ${environment.packages[name]}`)
    return [title, versions.join(', '), setup]
  })
  return grid(['system', 'versions', 'set up as'], rows, '---')
}

function section({ title, head, rows }: Block): string[] {
  return rows.length === 0 ? [] : [`**${title}**`, grid(head, rows)]
}

/** Columns without any text are left out. */
function grid(head: string[], rows: string[][], middle = '--:'): string {
  const used = head.map((_, i) => i === 0 || rows.some((row) => row[i]))
  const line = (cells: string[]) => `| ${cells.filter((_, i) => used[i]).join(' | ')} |`
  const rule = head.map((_, i) => (i === 0 || head[i] === 'goals' ? '---' : middle))
  return [head, rule, ...rows].map(line).join('\n')
}

/** One line per system and reason. */
function notRun(report: Report): string {
  const measures = new Map<string, string[]>()
  for (const { title, notRun } of blocksOf(report)) {
    for (const { name, reason } of notRun) {
      const key = `${name}: ${reason}`
      measures.set(key, [...(measures.get(key) ?? []), title.replace(/ \([^)]*\)$/, '')])
    }
  }
  if (measures.size === 0) return ''
  const lines = [...measures].map(([key, titles]) =>
    titles.length > 2 ? `- ${key} (${titles.length} measures)` : `- ${key} (${titles.join('; ')})`,
  )
  return ['Not run:', '', ...lines].join('\n')
}
