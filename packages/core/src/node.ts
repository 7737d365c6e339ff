export type { ParsedBody } from './lib/node/consumed-body.ts'
export type { PoolOptions } from './lib/node/executors/pool-options.ts'
export {
  type ProcessExecutorOptions,
  processExecutor,
} from './lib/node/executors/process-executor.ts'
export { type ThreadExecutorOptions, threadExecutor } from './lib/node/executors/thread-executor.ts'
export { type FileObserverOptions, fileObserver } from './lib/node/file-observer.ts'
export { needPeer, type Peer } from './lib/node/need-peer.ts'
export {
  type AnswerOptions,
  answerNode,
  type NodeHandler,
  type NodeHandlerOptions,
  nodeHandler,
  ownsTarget,
} from './lib/node/node-handler.ts'
export type { NodeRequest, NodeResponse } from './lib/node/node-message.ts'
export { hashPassword, verifyPassword } from './lib/node/password-hash.ts'
export { releaseAfter } from './lib/node/release-after.ts'
export { runStandIn } from './lib/node/run-stand-in.ts'
export { beatStandIn } from './lib/node/stand-in.ts'
export { type ToRequestOptions, toRequest } from './lib/node/to-request.ts'
export { writeResponse } from './lib/node/write-response.ts'
export { checkOptionNames, type OptionNames } from './lib/option-names.ts'
