import { StorageUnavailableError, type TaskStorage } from '@taskflow/core'
import type { Random } from '../random.ts'
import type { SimProcess } from './sim-process.ts'
import type { VirtualTime } from './virtual-time.ts'

/** How long a process waits for an answer. */
const ANSWER_MS = 10_000

/** What goes wrong between processes and the storage, each as a share of calls. */
export interface Weather {
  /** The request does not reach the storage. */
  refused: number
  /** It was done, and the answer is lost. */
  lost: number
  /** Request or answer takes up to `delayMs`, and others overtake it. */
  delayed: number
  delayMs: number
  /** Hints that never come. */
  unheard: number
}

export const CALM: Weather = { refused: 0, lost: 0, delayed: 0, delayMs: 0, unheard: 0 }

/** The way between processes and the storage. */
export class Network {
  weather: Weather = CALM
  /** The storage is away. */
  down = false
  readonly #time: VirtualTime
  readonly #random: Random
  /** Whether each side gets a copy of what the other sent, as over a wire. */
  readonly #copies: boolean

  constructor(time: VirtualTime, random: Random, copies: boolean) {
    this.#time = time
    this.#random = random
    this.#copies = copies
  }

  /** One call: `work` may be done though its process died, or though the process hears otherwise. */
  call<Input, Output>(
    process: SimProcess,
    input: Input,
    work: (input: Input) => Promise<Output>,
  ): Promise<Output> {
    const { weather } = this
    const random = this.#random
    const sent = this.#copy(input)
    return new Promise((resolve, reject) => {
      const fail = (committed: 'no' | 'unknown', ms: number) =>
        void this.#later(ms, () => process.deliver(() => reject(away(committed))))
      // What has died asks for nothing.
      if (!process.alive) return
      const arrive = async () => {
        if (this.down || process.cutOff) {
          // A refused connection is known at once; silence is not.
          if (random.chance(0.5)) fail('no', 1)
          else fail('unknown', ANSWER_MS)
          return
        }
        if (random.chance(weather.refused)) return fail('no', 0)
        const outcome = await settled(work(sent))
        if (random.chance(weather.lost)) return fail('unknown', random.chance(0.5) ? 0 : ANSWER_MS)
        this.#later(this.#delay(), () => {
          if (process.cutOff) return fail('unknown', ANSWER_MS)
          process.deliver(() => {
            if ('error' in outcome) reject(outcome.error)
            else resolve(this.#copy(outcome.value))
          })
        })
      }
      this.#later(this.#delay(), arrive)
    })
  }

  /** A hint on its way to a process: it may be lost, late or told twice. */
  hint(process: SimProcess, tell: () => void): void {
    const { unheard } = this.weather
    const times = this.#random.chance(unheard) ? 0 : this.#random.chance(unheard) ? 2 : 1
    for (let time = 0; time < times; time++) {
      this.#time.after(1 + this.#delay(), () => {
        if (!process.cutOff) process.deliver(tell)
      })
    }
  }

  #delay(): number {
    const { delayed, delayMs } = this.weather
    return this.#random.chance(delayed) ? this.#random.below(delayMs) : 0
  }

  #later(ms: number, event: () => unknown): void {
    if (ms > 0) this.#time.after(ms, () => void event())
    else void event()
  }

  #copy<Value>(value: Value): Value {
    return this.#copies ? structuredClone(value) : value
  }
}

function away(committed: 'no' | 'unknown'): StorageUnavailableError {
  return new StorageUnavailableError(
    committed === 'no' ? 'the storage is away' : 'the answer is lost',
    { committed },
  )
}

type Outcome<Value> = { value: Value } | { error: unknown }

function settled<Value>(work: Promise<Value>): Promise<Outcome<Value>> {
  return work.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  )
}

/** The storage as a process sees it through the network. */
export function through(
  network: Network,
  process: SimProcess,
  storage: TaskStorage,
  hear: NonNullable<TaskStorage['listen']>,
): TaskStorage {
  const far =
    <Input, Output>(verb: (input: Input) => Promise<Output>) =>
    (input: Input) =>
      network.call(process, input, verb)
  const { logs, functions, schedules, instances } = storage
  return {
    name: storage.name,
    open: async () => {},
    close: async () => {},
    insert: far((input) => storage.insert(input)),
    turn: far((input) => storage.turn(input)),
    beat: far((input) => storage.beat(input)),
    owned: far((input) => storage.owned(input)),
    recover: far((input) => storage.recover(input)),
    reschedule: far((input) => storage.reschedule(input)),
    cancel: far((input) => storage.cancel(input)),
    get: far((input) => storage.get(input)),
    list: far((input) => storage.list(input)),
    metrics: far((input) => storage.metrics(input)),
    prune: far((input) => storage.prune(input)),
    ...(logs && {
      logs: {
        append: far((input) => logs.append(input)),
        read: far((input) => logs.read(input)),
      },
    }),
    ...(functions && {
      functions: {
        setPaused: far((input) => functions.setPaused(input)),
        paused: () => network.call(process, undefined, () => functions.paused()),
      },
    }),
    ...(schedules && {
      schedules: {
        declare: far((input) => schedules.declare(input)),
        list: far((input) => schedules.list(input)),
        fire: far((input) => schedules.fire(input)),
        change: far((input) => schedules.change(input)),
        ticks: far((input) => schedules.ticks(input)),
      },
    }),
    ...(instances && { instances: { list: far((input) => instances.list(input)) } }),
    listen: hear,
  }
}
