import type { CaseReport } from './fault-case.ts'

/** The reports as a table in Markdown. */
export function table(reports: readonly CaseReport[]): string {
  const rows = reports.map(({ id, fault, result, reasons, figures, seconds, verdict }) => {
    const counted = verdict
      ? [
          `${verdict.acked} accepted`,
          `lost ${verdict.lost}, stuck ${verdict.stuck}`,
          `duplicated ${verdict.duplicated}, unexplained ${verdict.unexplained}`,
          `unexpected ${verdict.unexpected}, overlap ${verdict.overlap}`,
        ]
      : []
    const found = [...reasons, ...counted, ...figures].join('; ')
    return [id, fault, result, result === 'not run' ? '–' : `${seconds} s`, found]
  })
  const lines = [
    ['case', 'fault', 'result', 'took', 'found'],
    ['---', '---', '---', '---', '---'],
  ]
  return [...lines, ...rows].map((cells) => `| ${cells.map(cell).join(' | ')} |`).join('\n')
}

const cell = (text: string) => text.replaceAll('|', '\\|').replaceAll('\n', ' ')
