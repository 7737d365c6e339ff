export { describeStorage } from './lib/testing/describe-storage/describe-storage.ts'
export type {
  StorageFact,
  StorageFixture,
  StorageHarness,
  TestRunner,
} from './lib/testing/describe-storage/harness.ts'

export { type FakeClock, fakeClock } from './lib/testing/fake-clock.ts'
