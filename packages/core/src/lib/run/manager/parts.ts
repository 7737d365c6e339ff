import type { LifecycleEvent } from '../../observers/observer.ts'
import { ObserverChain } from '../../observers/observer-chain.ts'
import type { TaskStatus } from '../../record.ts'
import type { NewTask } from '../../storage/contract.ts'
import { announce } from '../announce.ts'
import { Chains } from '../chains.ts'
import { Dispatcher } from '../dispatcher.ts'
import { Heartbeat } from '../heartbeat.ts'
import { Hints } from '../hints.ts'
import { hostIdentity } from '../host-identity.ts'
import { Intake } from '../intake.ts'
import type { ResolvedOptions } from '../options.ts'
import { ParentReader } from '../parents.ts'
import { QueueDepth } from '../queue-depth.ts'
import { Results } from '../results.ts'
import { Retention } from '../retention.ts'
import { ScheduleOperations } from '../schedules/operations.ts'
import { Schedules } from '../schedules/schedules.ts'
import { acceptedStep } from '../steps.ts'
import type { TaskQueue } from '../task-queue.ts'
import { Waits } from '../waits.ts'
import { Opening } from './opening.ts'
import { Reads } from './reads.ts'
import { Subscribers } from './subscribers.ts'

/** What a manager is made of. */
export interface ManagerParts {
  options: ResolvedOptions
  opening: Opening
  observers: ObserverChain
  subscribers: Subscribers
  intake: Intake
  dispatcher: Dispatcher
  heartbeat: Heartbeat
  hints: Hints
  retention: Retention
  results: Results
  reads: Reads
  schedules: Schedules
  waits: Waits
  scheduleOperations: ScheduleOperations
  /** A schedule stored tasks: they are accepted, and there is work. */
  scheduled(tasks: readonly NewTask[]): void
  /** Tells what became of tasks that do not run here. */
  announce(changed: readonly { taskId: string; status: TaskStatus }[]): Promise<void>
}

/**
 * Makes the parts and tells each what it needs of the others.
 *
 * @param queue where running tasks enqueue.
 */
export function assemble(options: ResolvedOptions, queue: TaskQueue): ManagerParts {
  const { maxPending } = options
  const opening = new Opening(options.storage)
  const { open } = opening
  const results = new Results(options, open)
  const depth = maxPending === null ? null : new QueueDepth(options, maxPending, open)
  const subscribers = new Subscribers(options.onError)
  const onLifecycle = (event: LifecycleEvent) => {
    results.notice(event)
    depth?.notice(event)
    subscribers.tell(event)
  }
  const observers = new ObserverChain([...options.observers, { onLifecycle }], options)
  const wake = () => dispatcher.wake()
  const instanceId = (): string => heartbeat.instanceId

  const waits: Waits = new Waits(options, () => schedules.clock)
  const intake = new Intake(options, observers, { open, depth, stored: wake })
  const dispatcher: Dispatcher = new Dispatcher(options, observers, {
    clock: options.clock,
    queue,
    chains: new Chains(options),
    parents: new ParentReader(options),
    observers,
    trace: options.trace,
    encryption: options.encryption,
    waits,
    maxResultBytes: options.maxPayloadBytes,
    maxLogLines: options.maxLogLines,
    maxLogBytes: options.maxLogBytes,
    graceMs: options.cancelGraceMs,
    limit: (inMs, settlement) => heartbeat.limit(inMs, settlement),
  })
  const scheduled = (tasks: readonly NewTask[]) => {
    const at = options.clock.now()
    for (const task of tasks) observers.lifecycle(acceptedStep(task, at))
    wake()
  }
  // What did not run here is looked up first, so only where somebody listens.
  const announceTo = async (changed: readonly { taskId: string; status: TaskStatus }[]) => {
    if (options.observers.length === 0 && !subscribers.some) return
    await announce(changed, options, observers)
  }
  const schedules: Schedules = new Schedules(options, { open, instanceId, stored: scheduled })
  const heartbeat: Heartbeat = new Heartbeat(options, hostIdentity(), {
    joined: (id) => dispatcher.join(id),
    lost: () => dispatcher.leaseLost(),
    cancels: (requests) => dispatcher.cancel(requests),
    workDue: wake,
    running: () => dispatcher.held,
    unresponsive: () => dispatcher.unresponsive,
    strays: () => dispatcher.findStrays(),
    answered: (result, sentAt) => {
      schedules.answered(result, sentAt)
      waits.flush()
    },
    schedulesOf: (funcName) => schedules.declaredOf(funcName),
    recovered: announceTo,
  })
  const hints = new Hints(options, {
    work: wake,
    cancels: () => heartbeat.beatNow(),
    schedules: () => schedules.look(),
  })
  const reads = new Reads(options, open, instanceId)
  return {
    options,
    opening,
    observers,
    subscribers,
    intake,
    dispatcher,
    heartbeat,
    hints,
    retention: new Retention(options, () => reads.functions()),
    results,
    reads,
    schedules,
    waits,
    scheduleOperations: new ScheduleOperations(schedules, options, scheduled),
    scheduled,
    announce: announceTo,
  }
}
