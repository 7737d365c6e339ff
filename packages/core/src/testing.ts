export { taskParents } from './lib/run/parents.ts'
export {
  buildLifecycleEvent,
  buildLogEvent,
  buildNewTask,
  buildRecord,
  buildSettlement,
  buildSummary,
} from './lib/testing/builders.ts'
export { describeAdapter } from './lib/testing/describe-adapter/describe-adapter.ts'
export type {
  AdapterHarness,
  AdapterServer,
  AdapterSetup,
  AdapterTestRunner,
  AppRequest,
  AppResponse,
} from './lib/testing/describe-adapter/harness.ts'
export { describeStorage } from './lib/testing/describe-storage/describe-storage.ts'
export type {
  StorageFact,
  StorageFixture,
  StorageHarness,
  StoragePart,
  TestRunner,
} from './lib/testing/describe-storage/harness.ts'
export { type FakeClock, fakeClock } from './lib/testing/fake-clock.ts'
export { type RunTaskArgs, runTask, type TaskRun } from './lib/testing/run-task.ts'
export {
  type DrainReport,
  type TestManager,
  type TestManagerOptions,
  testManager,
} from './lib/testing/test-manager.ts'
