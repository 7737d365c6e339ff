import type { Meta } from '../pack.ts'
import type { Session } from '../session.ts'
import { toText } from '../text.ts'

export function tagLabel(key: string, value: string): string {
  return `tag ${JSON.stringify([key, value])}`
}

export function flowLabel(flowId: string): string {
  return toText(`flow ${flowId}`)
}

export function scheduleLabel(scheduleId: string): string {
  return toText(`schedule ${scheduleId}`)
}

/** Of retries: the task they retry. */
export function retryLabel(taskId: string): string {
  return `retry ${taskId}`
}

/** What a task is found by beside its columns. */
export function labelsOf({ tags = {}, flow, schedule, retryOf }: Meta): string[] {
  const labels = Object.entries(tags).map(([key, value]) => tagLabel(key, value))
  if (flow !== undefined) labels.push(flowLabel(flow))
  if (schedule !== undefined) labels.push(scheduleLabel(schedule))
  if (retryOf !== undefined) labels.push(retryLabel(retryOf))
  return labels
}

export function addLabels(session: Session, taskId: string, seq: number, meta: Meta): void {
  for (const label of labelsOf(meta)) {
    session.sql('insert into {labels} (label, id, seq) values (?, ?, ?)').run(label, taskId, seq)
  }
}

export function removeLabels(session: Session, taskId: string, meta: Meta): void {
  for (const label of labelsOf(meta)) {
    session.sql('delete from {labels} where label = ? and id = ?').run(label, taskId)
  }
}
