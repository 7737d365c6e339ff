export { type Clock, systemClock } from './lib/clock.ts'
export {
  type Issue,
  StorageUnavailableError,
  TaskFailedError,
  TaskflowError,
  type TaskflowErrorCode,
} from './lib/errors.ts'
export { createRunToken, type RunTokenOptions } from './lib/handler/auth/run-token.ts'
export { createToken, type TokenOptions } from './lib/handler/auth/token.ts'
export {
  createHandler,
  type RequestOrigin,
  type TaskflowHandler,
} from './lib/handler/create-handler.ts'
export type { AuthBackend, HandlerOptions, HostSession, User } from './lib/handler/options.ts'
export { type ConsoleObserverOptions, consoleObserver } from './lib/observers/console-observer.ts'
export type { LineFormat, LineOptions } from './lib/observers/line-observer.ts'
export { type MemoryObserver, memoryObserver } from './lib/observers/memory-observer.ts'
export type {
  AttemptEnd,
  LifecycleEvent,
  LogEvent,
  ObservedAttempt,
  TaskObserver,
} from './lib/observers/observer.ts'
export type * from './lib/record.ts'
export { getTaskContext, type TaskContext, taskLog } from './lib/run/context.ts'
export {
  defineTask,
  type SchemaTaskOptions,
  type Task,
  type TaskOptions,
  type TaskSettings,
} from './lib/run/define-task.ts'
export type { DeleteHistoryOptions } from './lib/run/delete-history.ts'
export type { EncryptionKey, EncryptionOptions } from './lib/run/encryption/key-ring.ts'
export {
  type AttemptLimits,
  asyncExecutor,
  type ExecutorAttempt,
  type TaskExecutor,
} from './lib/run/executor.ts'
export type {
  FlowArgs,
  FlowBuilder,
  FlowNode,
  FlowOptions,
  FlowRefs,
  FlowResult,
  FlowShape,
  FlowTaskOptions,
} from './lib/run/flow.ts'
export type { LiveFunction } from './lib/run/live-functions.ts'
export { type Follows, on } from './lib/run/on.ts'
export type { TaskManagerOptions } from './lib/run/options.ts'
export type { TaskParent, TaskParents } from './lib/run/parents.ts'
export type { ResultOptions } from './lib/run/results.ts'
export type { RetryPolicy } from './lib/run/retry-policy.ts'
export type { MisfirePolicy } from './lib/run/schedules/misfire.ts'
export type { ScheduleAction, ScheduleActionResult } from './lib/run/schedules/operations.ts'
export type { ScheduleArgs, ScheduleOptions } from './lib/run/schedules/schedule-options.ts'
export type { ScheduleRecord, ScheduleState } from './lib/run/schedules/schedule-record.ts'
export { anyOf, type Trigger, type TriggerAlias } from './lib/run/schedules/trigger.ts'
export { AbandonTask, SnoozeTask, TaskAborted } from './lib/run/signals.ts'
export { startInBackground } from './lib/run/start-in-background.ts'
export { type StopReport, TaskManager } from './lib/run/task-manager.ts'
export type {
  EnqueueArgs,
  EnqueueOptions,
  RequestTasks,
  TaskQueue,
  TaskRef,
} from './lib/run/task-queue.ts'
export type * from './lib/storage/contract.ts'
export { DEPENDENCY_FAILED } from './lib/storage/contract.ts'
export { memoryStorage } from './lib/storage/memory/memory-storage.ts'
export type * from './lib/storage/parts.ts'
export type { DashboardAsset, DashboardUi } from './lib/ui.ts'
