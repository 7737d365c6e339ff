-- The first schema. `taskflow_` is replaced by the table prefix of the storage.
-- States: 0 ready, 1 blocked, 3 running; 10 success, 11 failed, 12 cancelled, 13 interrupted.

create table taskflow_meta (
  name text primary key,
  value text not null
) without rowid;

-- Pending and running tasks. `rank` is the priority with null as 0, `log_chunked` how many of the
-- log lines are in taskflow_logs. What is large comes last.
create table taskflow_live (
  seq integer primary key,
  id text not null unique,
  func text not null,
  state integer not null,
  rank integer not null,
  run_at integer not null,
  fence integer not null,
  rev integer not null,
  attempts_made integer not null,
  max_attempts integer not null,
  crashes integer not null,
  requeue integer not null,
  created_at integer not null,
  claimed_at integer,
  started_at integer,
  cancel_at integer,
  priority integer,
  log_count integer not null,
  log_chunked integer not null,
  instance text,
  group_name text,
  executor text not null,
  source text not null,
  idem_key text,
  retry_of text,
  tags text,
  progress text,
  error text,
  stacktrace text,
  log_tail text,
  payload text not null
);
create index taskflow_live_ready on taskflow_live (func, rank, run_at, id) where state = 0;
create index taskflow_live_again on taskflow_live (func, run_at) where state = 0 and attempts_made > 0;
create index taskflow_live_running on taskflow_live (instance, id) where state = 3;
create index taskflow_live_cancel on taskflow_live (instance, id) where state = 3 and cancel_at is not null;
create index taskflow_live_retry on taskflow_live (retry_of) where retry_of is not null;

-- Ended tasks, appended in the order they ended.
create table taskflow_done (
  seq integer primary key,
  id text not null unique,
  func text not null,
  state integer not null,
  run_at integer not null,
  fence integer not null,
  rev integer not null,
  attempts_made integer not null,
  max_attempts integer not null,
  crashes integer not null,
  requeue integer not null,
  created_at integer not null,
  claimed_at integer,
  started_at integer,
  ended_at integer not null,
  attempt integer,
  outcome text,
  cancel_at integer,
  priority integer,
  log_count integer not null,
  log_chunked integer not null,
  instance text,
  group_name text,
  executor text not null,
  source text not null,
  idem_key text,
  retry_of text,
  tags text,
  progress text,
  error text,
  stacktrace text,
  log_tail text,
  payload text not null,
  result text
);
create index taskflow_done_func on taskflow_done (func, id);
create index taskflow_done_state on taskflow_done (state, id) where state <> 10;
create index taskflow_done_func_state on taskflow_done (func, state, id) where state <> 10;
create index taskflow_done_ended on taskflow_done (ended_at);
create index taskflow_done_retry on taskflow_done (retry_of) where retry_of is not null;

-- Starts that ended with the task going back to pending. Each start has a fence of its own.
create table taskflow_attempts (
  task_id text not null,
  fence integer not null,
  attempt integer not null,
  claimed_at integer not null,
  started_at integer not null,
  ended_at integer not null,
  outcome text not null,
  instance text,
  error text,
  stacktrace text,
  primary key (task_id, fence)
) without rowid;

-- Log lines that no longer fit in the task's row.
create table taskflow_logs (
  task_id text not null,
  first integer not null,
  entries text not null,
  primary key (task_id, first)
) without rowid;

create table taskflow_keys (
  func text not null,
  key text not null,
  task_id text not null,
  primary key (func, key)
) without rowid;

create table taskflow_instances (
  seq integer primary key,
  id text not null unique,
  beat integer not null,
  expires_at integer not null,
  started_at integer not null,
  last_beat_at integer not null,
  running integer not null,
  state text not null,
  host text not null,
  pid integer not null,
  version text not null,
  functions text not null
);

create table taskflow_changes (
  seq integer primary key,
  at integer not null,
  ids text not null
);

-- How tasks ended. `span` 0: those that exist (at = 0), 1: by minute, 2: by hour.
create table taskflow_rollup (
  span integer not null,
  at integer not null,
  func text not null,
  state integer not null,
  bucket integer not null,
  n integer not null,
  sum_ms integer not null,
  min_ms integer not null,
  max_ms integer not null,
  last_end integer not null,
  primary key (span, at, func, state, bucket)
) without rowid;
