import type { HandlerOptions, RequestTasks, TaskManager } from '../../../index.ts'

/** What `describeAdapter` needs to try an adapter: a real server with an app on it. */
export interface AdapterHarness {
  /**
   * Starts a server on a free port of 127.0.0.1. On it, in this order:
   *
   * 1. with `bodyParser`, the framework's usual parser for JSON and forms;
   * 2. the middleware under test, made of `manager` and `options` as they are;
   * 3. `app`, for every request that the middleware passes on. When it rejects, the error goes the
   *    framework's own way and ends in an answer with status 500.
   */
  serve(setup: AdapterSetup): Promise<AdapterServer>
}

/** The app that a test asks for. */
export interface AdapterSetup {
  manager: TaskManager
  options: HandlerOptions
  bodyParser: boolean
  app(request: AppRequest): Promise<AppResponse>
}

/** A request that the middleware passed on. */
export interface AppRequest {
  method: string
  /** With the query. */
  path: string
  /** What the middleware gave the request. */
  tasks: RequestTasks
  /** Reads the body; never called with `bodyParser`. */
  text(): Promise<string>
}

/** Plain text to answer with. */
export interface AppResponse {
  status: number
  text: string
}

/** A server that listens. */
export interface AdapterServer {
  /** Origin without a trailing slash, e.g. `http://127.0.0.1:40123`. */
  url: string
  /** Stops listening and ends all connections. */
  close(): Promise<void>
}

/** The two functions of a test runner that the suites use; vitest, node:test and others have them. */
export interface AdapterTestRunner {
  describe(name: string, body: () => void): unknown
  it(name: string, body: () => Promise<void>): unknown
}
