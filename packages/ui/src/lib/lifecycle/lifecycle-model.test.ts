import type { LifecycleStepJson } from '@taskflow/core/client'
import { describe, expect, it } from 'vitest'
import { foldNodes, lifecycleNodes } from './lifecycle-model.ts'

const start = Date.UTC(2026, 10, 19, 14, 31, 13)

function steps(...list: [LifecycleStepJson['step'], number, number?][]): LifecycleStepJson[] {
  return list.map(([step, ms, attempt]) => ({
    step,
    at: new Date(start + ms).toISOString(),
    attempt: attempt ?? null,
    instance: 'worker-2',
    detail: null,
  }))
}

const failed = steps(
  ['accepted', 0],
  ['queued', 2],
  ['claimed', 1842, 0],
  ['running', 1859, 0],
  ['retrying', 11_879, 0],
  ['queued', 13_880, 1],
  ['claimed', 13_889, 1],
  ['running', 13_889, 1],
  ['failed', 23_899, 1],
)
const context = { now: start + 30_000, phase: 'failed', maxAttempts: 2, usually: 48 } as const

describe('lifecycleNodes', () => {
  it('puts waits and back-off between the steps', () => {
    const nodes = lifecycleNodes(failed, context)
    expect(nodes.map(({ label, way }) => [label, way.text])).toEqual([
      ['Created', ''],
      ['Queued', '2 ms'],
      ['Claimed', '1.84s waited'],
      ['Attempt 1', '17 ms'],
      ['Attempt 2', 'back-off 2.01s'],
      ['Failed', ''],
    ])
    expect(nodes[2]?.way.strong).toBe(true)
    expect(nodes[4]).toMatchObject({ tone: 'failed', note: 'failed after 10.01s' })
  })

  it('shows what runs now and what is to come', () => {
    const nodes = lifecycleNodes(failed.slice(0, 4), { ...context, phase: 'running' })
    expect(nodes.slice(-2)).toMatchObject([
      { label: 'Attempt 1', tone: 'current', note: 'running for 28s' },
      { label: 'Done', tone: 'future', note: 'usually 48s', at: null },
    ])
  })

  it('announces the next attempt during a back-off', () => {
    const nodes = lifecycleNodes(failed.slice(0, 5), { ...context, phase: 'retrying' })
    expect(nodes.at(-1)).toMatchObject({
      label: 'Attempt 2',
      tone: 'future',
      way: { backOff: true },
    })
  })

  it('D14 ends what ran when it was cancelled; nothing turns on', () => {
    const asked = steps(
      ['accepted', 0],
      ['queued', 2],
      ['claimed', 10, 0],
      ['running', 12, 0],
      ['cancel_requested', 1500],
    )
    const running = lifecycleNodes(asked, { ...context, phase: 'running', maxAttempts: 1 })
    expect(running.map(({ tone }) => tone)).toContain('current')
    const over = [...asked, ...steps(['cancelled', 2012, 0])]
    const nodes = lifecycleNodes(over, { ...context, phase: 'cancelled', maxAttempts: 1 })
    expect(nodes.slice(-3)).toMatchObject([
      { label: 'Running', tone: 'cancelled', note: 'stopped after 2s' },
      { label: 'Cancel asked', tone: 'done', way: { text: '' } },
      { label: 'Cancelled', tone: 'cancelled' },
    ])
  })

  it('D14 says when a run was due, unless that was as good as at once', () => {
    const due = (ms: number) => {
      const scheduled = steps(['scheduled', 0]).map((step) => ({
        ...step,
        detail: new Date(start + ms).toISOString(),
      }))
      const all = [...steps(['accepted', 0]), ...scheduled, ...steps(['queued', ms])]
      return lifecycleNodes(all, { ...context, phase: 'queued' }).slice(0, -1)
    }
    expect(due(6).map(({ label }) => label)).toEqual(['Created', 'Queued'])
    const [, scheduled] = due(60_000)
    expect(scheduled).toMatchObject({ label: 'Scheduled', note: expect.stringMatching(/^\w+ \d/) })
  })

  it('never shows a negative wait', () => {
    const nodes = lifecycleNodes(steps(['accepted', 100], ['queued', 0]), {
      ...context,
      phase: 'queued',
    })
    expect(nodes[1]?.way.text).toBe('')
  })

  it('folds earlier attempts, keeping the wait before the claim', () => {
    const nodes = lifecycleNodes(
      [
        ...failed.slice(0, 8),
        ...steps(['retrying', 24_000, 1], ['running', 25_000, 2], ['failed', 26_000, 2]),
      ],
      { ...context, maxAttempts: 3 },
    )
    expect(foldNodes(nodes, 5).map(({ label, way }) => [label, way.text])).toEqual([
      ['Created', ''],
      ['Queued', '2 ms'],
      ['Attempts 1–2', '1.84s waited'],
      ['Attempt 3', 'back-off 1s'],
      ['Failed', ''],
    ])
    expect(foldNodes(nodes, 99)).toHaveLength(nodes.length)
  })
})
