import { runTask, testManager } from '@taskflow/core/testing'
import { describe, expect, it } from 'vitest'
import { chargeOrder, createOrder, sendReceipt } from './shop.ts'

const shopTasks = () => testManager({ tasks: [chargeOrder, sendReceipt] })
const order = (body: object) =>
  new Request('http://shop.test/orders', { method: 'POST', body: JSON.stringify(body) })

describe('POST /orders', () => {
  it('has the order charged, once however often it comes', async () => {
    const tasks = shopTasks()
    const body = { id: 'o-1', total: 30, to: 'ann@shop.example' }
    expect((await createOrder(order(body), tasks)).status).toBe(202)
    await createOrder(order(body), tasks)
    expect(await tasks.enqueued(chargeOrder)).toMatchObject([
      { payload: { total: 30, to: 'ann@shop.example' }, tags: { order: 'o-1' } },
    ])
  })

  it('leads to a receipt', async () => {
    const tasks = shopTasks()
    await createOrder(order({ id: 'o-1', total: 30, to: 'ann@shop.example' }), tasks)
    expect(await tasks.drain()).toMatchObject({ success: 2, failed: 0 })
    expect(await tasks.enqueued(sendReceipt)).toMatchObject([
      { status: 'success', result: { to: 'ann@shop.example' } },
    ])
  })
})

describe('chargeOrder', () => {
  it('says how far it is, and enqueues the receipt', async () => {
    const { progress, enqueued } = await runTask(chargeOrder, { total: 30, to: 'ann' })
    expect(progress).toEqual([{ fraction: 0.5, message: 'charged' }])
    expect(enqueued).toMatchObject([{ funcName: 'send_receipt', payload: { to: 'ann' } }])
  })

  it('fails where there is nothing to charge', async () => {
    await expect(runTask(chargeOrder, { total: -1, to: 'ann' })).rejects.toThrow(RangeError)
  })
})

describe('sendReceipt', () => {
  it('tries again an hour after a busy server', async () => {
    const tasks = shopTasks()
    const ref = await tasks.enqueue(sendReceipt, { to: 'ann@busy.example' })
    expect(await tasks.drain()).toMatchObject({ records: [{ phase: 'retrying' }] })
    await tasks.clock.advance(3_600_000)
    expect(await tasks.drain()).toMatchObject({ success: 1 })
    expect(await tasks.result(ref)).toEqual({ to: 'ann@busy.example' })
  })

  it('does not send when it is to stop', async () => {
    const signal = AbortSignal.abort(new Error('the app stops'))
    const run = runTask(sendReceipt, { to: 'ann@shop.example' }, { signal })
    await expect(run).rejects.toThrow('the app stops')
  })

  it('has a second attempt that goes through', async () => {
    const { result, logs } = await runTask(sendReceipt, { to: 'a@busy.example' }, { attempt: 1 })
    expect(result).toEqual({ to: 'a@busy.example' })
    expect(logs).toMatchObject([{ level: 'info', text: 'Receipt to a@busy.example' }])
  })
})

describe('the shop, inline', () => {
  it('has sent the receipt when the route answers', async () => {
    const tasks = testManager({ tasks: [chargeOrder, sendReceipt], inline: true })
    await createOrder(order({ id: 'o-1', total: 30, to: 'ann@busy.example' }), tasks)
    expect(await tasks.enqueued(sendReceipt)).toMatchObject([{ status: 'success', retriesUsed: 1 }])
  })

  it('shows a failure where it was enqueued', async () => {
    const tasks = testManager({ tasks: [chargeOrder, sendReceipt], inline: true })
    const created = createOrder(order({ id: 'o-1', total: -1, to: 'ann' }), tasks)
    await expect(created).rejects.toMatchObject({
      name: 'TaskFailedError',
      record: { error: 'RangeError: nothing to charge' },
    })
  })
})
