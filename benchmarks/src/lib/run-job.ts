import type { Job, Message } from './child-process.ts'
import type { Context, Values } from './rows/context.ts'
import { systemNamed } from './systems/catalogue.ts'
import { NotRun, now } from './systems/queue.ts'

type Row = (context: Context, name: string) => Promise<Values>

/** Imported when asked for: the drivers of other rows would count as memory of this one. */
const rows: Record<string, () => Promise<Row>> = {
  enqueue: async () => (await import('./rows/enqueue.ts')).enqueue,
  drain: async () => (await import('./rows/drain.ts')).drain,
  latency: async () => (await import('./rows/latency.ts')).latency,
  lists: async () => (await import('./rows/lists.ts')).lists,
  idle: async () => (await import('./rows/idle.ts')).idle,
  'memory-drain': async () => (await import('./rows/memory-drain.ts')).memoryDrain,
  'memory-task': async () => (await import('./rows/memory-task.ts')).memoryTask,
  executors: async () => (await import('./rows/executors.ts')).executors,
  http: async () => (await import('./rows/http.ts')).http,
  pages: async () => (await import('./rows/pages.ts')).pages,
  streams: async () => (await import('./rows/streams.ts')).streams,
  dashboard: async () => (await import('./rows/dashboard.ts')).dashboard,
  recovery: async () => (await import('./rows/recovery.ts')).recovery,
}

/** What a child process does with the job its parent sent. */
export async function runJob(message: unknown): Promise<void> {
  const job = message as Job
  const context: Context = {
    system: job.system,
    place: job.place,
    settings: job.settings,
    makeQueue: () => systemNamed(job.system).make(job.place),
  }
  try {
    await perform(job, context)
  } catch (error) {
    await tell({ type: 'not run', reason: describe(error) })
  }
  // Not by itself: what a system leaves open is not measured here.
  if (job.role === 'measure' || job.role === 'history' || job.role === 'fill') process.exit()
}

async function perform(job: Job, context: Context): Promise<void> {
  if (job.role === 'measure') {
    const row = rows[job.case] ?? rows[job.case.split('-')[0] ?? '']
    if (!row) throw new Error(`expected a case, got ${job.case}`)
    return tell({ type: 'values', values: await (await row())(context, job.case) })
  }
  if (job.role === 'fill') {
    await (await import('./rows/memory-drain.ts')).fillForDrain(context)
    return tell({ type: 'ready' })
  }
  const queue = await context.makeQueue()
  if (job.role === 'history') {
    if (!queue.fillHistory) throw new NotRun('it keeps no finished rows')
    await queue.open('tuned')
    await queue.fillHistory(job.settings.history)
    await queue.close()
    return tell({ type: 'ready' })
  }
  if (job.role === 'producer') {
    await queue.open('latency')
    process.on('message', ({ enqueue: n }: { enqueue: number }) => {
      void queue.enqueue({ n, at: now() })
    })
    return tell({ type: 'ready' })
  }
  await queue.open('recovery')
  await queue.work(() => {
    void tell({ type: 'started' })
    return new Promise<void>(() => {})
  })
}

function tell(message: Message): Promise<void> {
  return new Promise((resolve) => {
    process.send?.(message, () => resolve())
  })
}

/** One line, without paths, and without the secrets a connection string may hold. */
function describe(error: unknown): string {
  const causes: string[] = []
  for (let at: unknown = error; at instanceof Error; at = at.cause) {
    const nested = at instanceof AggregateError ? at.errors.map((e) => String(e)).join('; ') : ''
    causes.push(at.message || nested)
  }
  const text = causes.length > 0 ? causes.join(': ') : String(error)
  const [line = ''] = text.split('\n')
  return line.replaceAll(/\/\/[^@\s/]*@/g, '//').replace(/ imported from .*/, '')
}
