import type { LifecycleStepJson, TaskPhase } from '@taskflow/core/client'
import { formatDuration, formatElapsed } from '../format/duration.ts'
import { statusLabel } from '../format/phase.ts'
import { formatClock, formatDayMinute } from '../format/time.ts'
import { t } from '../messages/messages.ts'

/** How a node looks: a check, a blue turning arc, a red cross … or a dashed ring yet to come. */
export type NodeTone =
  | 'done'
  | 'current'
  | 'failed'
  | 'interrupted'
  | 'cancelled'
  | 'success'
  | 'waiting'
  | 'future'

/** One stop of the strip, and the way that led to it. */
export interface LifecycleNode {
  /** What can be folded. */
  kind: 'attempt' | 'claim' | 'other'
  label: string
  note: string
  tone: NodeTone
  /** Epoch ms it was reached; null when it is yet to come. */
  at: number | null
  /** What lies between the previous node and this one. */
  way: { text: string; backOff: boolean; strong: boolean }
}

interface Draft extends Omit<LifecycleNode, 'way'> {
  /** When it was left, if that differs from `at`. */
  until: number | null
  backOff: boolean
  /** Waits here are what people look for. */
  waits: boolean
  /** One-based attempt, for the nodes that can be folded. */
  attempt: number | null
}

/** What the strip shows besides the steps. */
export interface LifecycleContext {
  now: number
  phase: TaskPhase
  maxAttempts: number
  /** Seconds a run of this function usually takes; null when unknown. */
  usually: number | null
}

const endings: Record<string, NodeTone> = {
  success: 'success',
  failed: 'failed',
  interrupted: 'interrupted',
  cancelled: 'cancelled',
}

/**
 * The recorded steps as nodes: every instant comes from a step, none is derived from the status.
 * Attempts become one node each, with how long they ran; a back-off becomes the way between two.
 */
export function lifecycleNodes(
  steps: readonly LifecycleStepJson[],
  context: LifecycleContext,
): LifecycleNode[] {
  const drafts: Draft[] = []
  let backOff = false
  let claims = 0
  for (const [index, step] of steps.entries()) {
    const at = Date.parse(step.at)
    const next = steps[index + 1]
    if (step.step === 'retrying') {
      backOff = true
      continue
    }
    // Later claims say no more than their attempt does; a queue entry after a back-off neither.
    if (step.step === 'claimed' && claims++ > 0) continue
    if (step.step === 'queued' && backOff) continue
    // Due as good as at once: it went out after the request that made it, nobody set a time.
    if (step.step === 'scheduled' && next && Date.parse(next.at) - at < 100) continue
    const end = steps.slice(index + 1).find((one) => one.step !== 'cancel_requested')
    drafts.push({ ...draft(step, end, at, context), backOff })
    backOff = false
  }
  const last = drafts.at(-1)
  if (last && !(context.phase in endings)) {
    if (last.tone === 'done') last.tone = 'waiting'
    drafts.push({
      kind: 'other',
      label: backOff ? t('Attempt {number}', { number: (last.attempt ?? 0) + 1 }) : t('Done'),
      note: backOff
        ? t('to come')
        : context.usually === null
          ? ''
          : t('usually {time}', { time: formatDuration(context.usually) }),
      tone: 'future',
      at: null,
      until: null,
      backOff,
      waits: false,
      attempt: null,
    })
  }
  return drafts.map((node, index) => finish(node, drafts[index - 1]))
}

/** Folds the attempts between the first and the last one, so that at most `max` nodes are left. */
export function foldNodes(nodes: readonly LifecycleNode[], max: number): LifecycleNode[] {
  if (nodes.length <= max) return [...nodes]
  const attempts = nodes.filter((node) => node.kind === 'attempt' && node.tone !== 'future')
  const folded = attempts.slice(0, -1)
  const first = folded[0]
  if (!first || folded.length < 2) return dropMiddle(nodes, max)
  const at = nodes.indexOf(first)
  const rest = nodes.filter((node) => !folded.includes(node))
  const merged: LifecycleNode = {
    ...first,
    label: t('Attempts 1–{last}', { last: folded.length }),
    note: t('failed'),
  }
  return dropMiddle(rest.toSpliced(at, 0, merged), max)
}

function dropMiddle(nodes: readonly LifecycleNode[], max: number): LifecycleNode[] {
  if (nodes.length <= max) return [...nodes]
  const claimed = nodes.findIndex((node) => node.kind === 'claim')
  const [node, next] = [nodes[claimed], nodes[claimed + 1]]
  if (!node || !next) return [...nodes]
  // The wait before the claim is what people look for; the moment after it is not.
  return nodes.toSpliced(claimed, 2, { ...next, way: node.way })
}

function draft(
  step: LifecycleStepJson,
  next: LifecycleStepJson | undefined,
  at: number,
  { now, maxAttempts }: LifecycleContext,
): Draft {
  const plain: Draft = {
    kind: 'other',
    label: '',
    note: step.detail ?? formatClock(at),
    tone: 'done',
    at,
    until: null,
    backOff: false,
    waits: false,
    attempt: null,
  }
  switch (step.step) {
    case 'accepted':
      return { ...plain, label: t('Created'), note: formatClock(at) }
    case 'scheduled': {
      const note = formatDayMinute(step.detail ? Date.parse(step.detail) : at)
      return { ...plain, label: t('Scheduled'), note, waits: true }
    }
    case 'blocked':
      return { ...plain, label: t('Blocked'), waits: true }
    case 'queued':
      return { ...plain, label: t('Queued'), waits: true }
    case 'claimed':
      return {
        ...plain,
        kind: 'claim',
        label: t('Claimed'),
        note: step.instance ?? formatClock(at),
      }
    case 'requeued':
      return {
        ...plain,
        label: t('Requeued'),
        note: step.detail ?? t('after restart'),
        waits: true,
      }
    case 'cancel_requested':
      return { ...plain, label: t('Cancel asked') }
    case 'running': {
      const attempt = (step.attempt ?? 0) + 1
      const kind = maxAttempts > 1 || attempt > 1 ? 'attempt' : 'other'
      const label =
        maxAttempts > 1 || attempt > 1 ? t('Attempt {number}', { number: attempt }) : t('Running')
      if (!next) {
        return {
          ...plain,
          kind,
          label,
          note: t('running for {time}', { time: formatElapsed((now - at) / 1000) }),
          tone: 'current',
          attempt,
        }
      }
      const until = Date.parse(next.at)
      const took = formatDuration((until - at) / 1000)
      const ok = next.step === 'success'
      const cutOff = next.step === 'interrupted' || next.step === 'requeued'
      const tone = ok ? 'done' : next.step === 'cancelled' ? 'cancelled' : 'failed'
      return {
        ...plain,
        kind: attempt === 1 && ok ? 'other' : kind,
        label: attempt === 1 && ok ? t('Ran') : label,
        note: ok
          ? t('for {time}', { time: took })
          : cutOff
            ? t('cut off after {time}', { time: took })
            : tone === 'failed'
              ? t('failed after {time}', { time: took })
              : t('stopped after {time}', { time: took }),
        tone: cutOff ? 'interrupted' : tone,
        until,
        attempt,
      }
    }
    default: {
      const tone = endings[step.step]
      const label = step.step === 'retrying' ? t('Retrying') : statusLabel(step.step)
      return { ...plain, label, note: formatClock(at), tone: tone ?? 'done' }
    }
  }
}

function finish(node: Draft, previous: Draft | undefined): LifecycleNode {
  const { kind, label, note, tone, at } = node
  const left = previous?.until ?? previous?.at ?? null
  const seconds = at === null || left === null ? null : Math.max(0, (at - left) / 1000)
  const length = seconds === null || seconds < 0.0005 ? '' : formatDuration(seconds)
  const strong = previous?.waits === true && seconds !== null && seconds >= 1
  const text = node.backOff
    ? length
      ? t('back-off {time}', { time: length })
      : t('back-off')
    : previous?.waits && seconds !== null && seconds >= 0.1
      ? t('{time} waited', { time: length })
      : length
  return { kind, label, note, tone, at, way: { text, backOff: node.backOff, strong } }
}
