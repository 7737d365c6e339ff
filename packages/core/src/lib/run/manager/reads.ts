import { TaskflowError } from '../../errors.ts'
import type { TaskRecord } from '../../record.ts'
import type {
  InstanceRecord,
  ListInput,
  ListResult,
  LogPage,
  LogQuery,
  MetricsQuery,
  TaskMetrics,
} from '../../storage/contract.ts'
import type { SeriesBucket, SeriesQuery } from '../../storage/parts.ts'
import { describeTask } from '../define-task.ts'
import { type LiveFunction, liveFunctions } from '../live-functions.ts'
import type { ResolvedOptions } from '../options.ts'
import { recordOf } from '../record-of.ts'
import { checkIds, checkList, checkLogs, checkMetrics, checkSeries } from './check-reads.ts'
import { partOf } from './part-of.ts'
import { withWaitPercentiles } from './wait-percentiles.ts'

/** What a manager tells of its storage. */
export class Reads {
  readonly #options: ResolvedOptions
  readonly #open: () => Promise<void>
  readonly #instanceId: () => string

  constructor(options: ResolvedOptions, open: () => Promise<void>, instanceId: () => string) {
    this.#options = options
    this.#open = open
    this.#instanceId = instanceId
  }

  async getMany(taskIds: readonly string[]): Promise<TaskRecord[]> {
    checkIds('getMany', taskIds)
    await this.#open()
    const stored = await this.#options.storage.get({ taskIds: [...taskIds] })
    return stored.flatMap((task) => (task ? [recordOf(task)] : []))
  }

  async list(input: Partial<ListInput>): Promise<ListResult> {
    checkList(input)
    await this.#open()
    const { filter = {}, limit = 100 } = input
    return this.#options.storage.list({ ...input, filter, limit })
  }

  async logs(query: Partial<LogQuery> & { taskId: string }): Promise<LogPage> {
    checkLogs(query)
    await this.#open()
    const { limit = 500 } = query
    return partOf(this.#options.storage, 'logs').read({ ...query, limit })
  }

  async metricsOf(queries: MetricsQuery[]): Promise<TaskMetrics[]> {
    checkMetrics(queries)
    await this.#open()
    return this.#options.storage.metrics({ queries })
  }

  async metrics(query: MetricsQuery): Promise<TaskMetrics> {
    const [metrics] = await this.metricsOf([query])
    if (!metrics) throw new TaskflowError('internal', 'metrics: the storage gave no answer')
    return metrics
  }

  async series(query: SeriesQuery): Promise<SeriesBucket[]> {
    checkSeries(query)
    await this.#open()
    const buckets = await partOf(this.#options.storage, 'series').read(query)
    return buckets.map(withWaitPercentiles)
  }

  async instances(): Promise<InstanceRecord[]> {
    await this.#open()
    return (await this.#options.storage.instances?.list()) ?? []
  }

  /** What live instances can run, this one included, by name. */
  async functions(): Promise<LiveFunction[]> {
    const all = await this.instances()
    const others = all.filter(({ instanceId }) => instanceId !== this.#instanceId())
    return liveFunctions([...this.#options.tasks.values()].map(describeTask), others)
  }

  async pausedFunctions(): Promise<Set<string>> {
    await this.#open()
    const paused = (await this.#options.storage.functions?.paused()) ?? []
    return new Set(paused.map(({ funcName }) => funcName))
  }
}
