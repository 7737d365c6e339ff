export { LONGEST_DELAY_MS, reconnectDelay } from './lib/client/backoff.ts'
export type {
  BulkRequest,
  RequestOptions,
  RunRequest,
  TaskflowClient,
} from './lib/client/client.ts'
export { createClient } from './lib/client/client.ts'
export type { ClientIssue } from './lib/client/client-error.ts'
export { ClientError, isAbort } from './lib/client/client-error.ts'
export type { AuditPage, LogPage, RecentLogPage, TaskPage } from './lib/client/pages.ts'
export type {
  AuditQuery,
  LogQuery,
  RecentLogQuery,
  SeriesQuery,
  TaskFilterQuery,
  TaskQuery,
} from './lib/client/query.ts'
export { toQueryString } from './lib/client/query.ts'
export type { QueryField, QueryValueKind } from './lib/client/query-language/fields.ts'
export { QUERY_FIELDS } from './lib/client/query-language/fields.ts'
export { formatQuery } from './lib/client/query-language/format.ts'
export type { QueryOperator, QueryTerm } from './lib/client/query-language/parse.ts'
export { parseQuery, QuerySyntaxError } from './lib/client/query-language/parse.ts'
export type { ScheduleClient, ScheduleQuery } from './lib/client/schedules.ts'
export type {
  StreamMessage,
  StreamOptions,
  StreamState,
  StreamStatus,
  TaskflowStream,
} from './lib/client/stream.ts'
export { openStream } from './lib/client/stream.ts'
export type { HeadersSource, TransportOptions } from './lib/client/transport.ts'
export { normaliseBase } from './lib/client/transport.ts'
export type * from './lib/client/wire.ts'
export type { LogLevel, LogStream, TaskPhase, TaskSource, TaskStatus } from './lib/record.ts'
export { isFinal, isRetryable, TASK_PHASES, TASK_STATUSES } from './lib/record.ts'
export type { TaskSort } from './lib/storage/contract.ts'
