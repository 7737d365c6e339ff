export { describeAdapter } from './lib/testing/describe-adapter/describe-adapter.ts'
export type {
  AdapterHarness,
  AdapterServer,
  AdapterSetup,
  AdapterTestRunner,
  AppRequest,
  AppResponse,
} from './lib/testing/describe-adapter/harness.ts'
