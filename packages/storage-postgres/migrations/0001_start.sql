-- The first schema. `taskflow.` is replaced by the schema of the storage.
-- States: 0 ready, 1 blocked, 3 running; 10 success, 11 failed, 12 cancelled, 13 interrupted.
-- Lanes: 0 ordinary, 2 suspects (crashed before).

create table taskflow.meta (
  name text primary key,
  value text not null
);

-- Pending and running tasks. `rank` is the priority with null as 0, `log_chunked` how many of the
-- log lines are in `logs`. Columns of a fixed size first, what is large last.
create table taskflow.live (
  run_at bigint not null,
  created_at bigint not null,
  claimed_at bigint,
  started_at bigint,
  cancel_at bigint,
  rank integer not null,
  priority integer,
  fence integer not null default 0,
  rev integer not null default 1,
  attempts_made integer not null default 0,
  max_attempts integer not null,
  crashes integer not null default 0,
  log_count integer not null default 0,
  log_chunked integer not null default 0,
  open_parents integer not null default 0,
  state smallint not null default 0,
  lane smallint not null default 0,
  requeue smallint not null,
  has_children smallint not null default 0,
  id text collate "C" not null primary key,
  func text collate "C" not null,
  instance text collate "C",
  group_name text collate "C",
  executor text collate "C" not null,
  source text collate "C" not null,
  idem_key text collate "C",
  retry_of text collate "C",
  flow_id text collate "C",
  schedule_id text collate "C",
  meta text,
  tags text,
  progress text,
  error text,
  stacktrace text,
  log_tail text,
  payload text not null
) with (
  autovacuum_vacuum_scale_factor = 0.02,
  autovacuum_vacuum_threshold = 1000,
  autovacuum_analyze_scale_factor = 0.05
);
-- Claims read one range of it for each function and rank, so that neither tasks due later nor
-- functions that nobody runs are ever scanned past.
create index live_ready on taskflow.live (func, rank desc, run_at, id) where state = 0 and lane = 0;
create index live_suspect on taskflow.live (func, rank desc, run_at, id) where state = 0 and lane = 2;
-- Not by instance: settling would then scan all that an instance runs for each task it ends.
create index live_running on taskflow.live (id) where state = 3;
create index live_cancel on taskflow.live (instance, id) where state = 3 and cancel_at is not null;
create index live_retry on taskflow.live (retry_of) where retry_of is not null;
create index live_flow on taskflow.live (flow_id) where flow_id is not null;
create index live_schedule on taskflow.live (schedule_id, id) where schedule_id is not null;

-- Ended tasks.
create table taskflow.done (
  run_at bigint not null,
  created_at bigint not null,
  claimed_at bigint,
  started_at bigint,
  cancel_at bigint,
  ended_at bigint not null,
  priority integer,
  fence integer not null,
  rev integer not null,
  attempts_made integer not null,
  max_attempts integer not null,
  crashes integer not null,
  log_count integer not null,
  log_chunked integer not null,
  attempt integer,
  state smallint not null,
  requeue smallint not null,
  has_children smallint not null default 0,
  -- Another than its owner ended the last start.
  taken smallint not null default 0,
  id text collate "C" not null primary key,
  func text collate "C" not null,
  instance text collate "C",
  group_name text collate "C",
  executor text collate "C" not null,
  source text collate "C" not null,
  outcome text collate "C",
  late_outcome text,
  idem_key text collate "C",
  retry_of text collate "C",
  flow_id text collate "C",
  schedule_id text collate "C",
  meta text,
  tags text,
  progress text,
  error text,
  stacktrace text,
  log_tail text,
  payload text not null,
  result text
);
create index done_func on taskflow.done (func, id);
create index done_state on taskflow.done (state, id) where state <> 10;
create index done_func_state on taskflow.done (func, state, id) where state <> 10;
-- Pruning takes the oldest of each function, a few at a time: not BRIN.
create index done_ended on taskflow.done (func, ended_at);
create index done_retry on taskflow.done (retry_of) where retry_of is not null;
create index done_flow on taskflow.done (flow_id) where flow_id is not null;
create index done_schedule on taskflow.done (schedule_id, id) where schedule_id is not null;
create index done_group on taskflow.done (group_name, id) where group_name is not null;
create index done_tags on taskflow.done using gin (string_to_array(btrim(tags, '{}'), ','))
  where tags is not null;

-- Starts that ended with the task going back to pending. Each start has a fence of its own.
create table taskflow.attempts (
  claimed_at bigint not null,
  started_at bigint not null,
  ended_at bigint not null,
  fence integer not null,
  attempt integer not null,
  taken smallint not null,
  task_id text collate "C" not null,
  outcome text not null,
  late_outcome text,
  instance text,
  error text,
  stacktrace text,
  primary key (task_id, fence)
);

-- Log lines that no longer fit in the task's row.
create table taskflow.logs (
  first integer not null,
  task_id text collate "C" not null,
  entries text not null,
  primary key (task_id, first)
);

-- `hash` is that of function and key together, however long they are.
create table taskflow.keys (
  hash bytea not null primary key,
  task_id text collate "C" not null
);

-- Who depends on whom. `open`: the child still waits for this parent. `n` is the order given.
create table taskflow.edges (
  n smallint not null,
  open smallint not null,
  policy smallint not null,
  child text collate "C" not null,
  parent text collate "C" not null,
  primary key (child, parent)
);
create index edges_parent on taskflow.edges (parent, child);

-- Parents that ended and whose children do not know it yet.
create table taskflow.released (
  parent text collate "C" not null primary key
);

-- What is known of a function beyond its tasks. `used`: starts of its rate that did not flow back.
create table taskflow.functions (
  used_at bigint,
  paused_at bigint,
  late bigint not null default 0,
  used double precision not null default 0,
  func text collate "C" not null primary key
);
create index functions_paused on taskflow.functions (func) where paused_at is not null;

create table taskflow.instances (
  seq bigint generated always as identity,
  beat bigint not null,
  expires_at bigint not null,
  started_at bigint not null,
  last_beat_at bigint not null,
  running integer not null,
  unresponsive integer not null,
  pid bigint not null,
  id text collate "C" not null primary key,
  state text not null,
  host text not null,
  version text not null,
  functions text not null
) with (fillfactor = 50);

-- One row for each statement that changed tasks.
create table taskflow.changes (
  seq bigint generated always as identity primary key,
  xid xid8 not null default pg_current_xact_id(),
  ids text[] not null
);
create index changes_xid on taskflow.changes (xid, seq);

-- `floor`: changes of older transactions may be deleted. `mark`: the next floor, once it is old.
create table taskflow.feed (
  floor xid8 not null,
  mark xid8 not null,
  marked_at timestamptz not null
);
insert into taskflow.feed values ('0', pg_snapshot_xmin(pg_current_snapshot()), clock_timestamp());

-- How tasks ended, by minute. Rows of slot 0 to 15 are not in the other two tables yet; those of
-- slot -1 are. Writers use different slots, so that they do not wait for each other.
create table taskflow.rollup_minute (
  at bigint not null,
  sum_ms bigint not null,
  min_ms bigint,
  max_ms bigint,
  last_end bigint,
  n integer not null,
  bucket smallint not null,
  state smallint not null,
  slot smallint not null,
  func text collate "C" not null,
  primary key (at, func, state, bucket, slot)
) with (fillfactor = 70);
create index rollup_minute_new on taskflow.rollup_minute (at) where slot >= 0;

create table taskflow.rollup_hour (
  at bigint not null,
  sum_ms bigint not null,
  min_ms bigint,
  max_ms bigint,
  last_end bigint,
  n bigint not null,
  bucket smallint not null,
  state smallint not null,
  func text collate "C" not null,
  primary key (at, func, state, bucket)
);

-- Tasks that exist: what ended less what was deleted.
create table taskflow.rollup_total (
  sum_ms bigint not null,
  min_ms bigint,
  max_ms bigint,
  last_end bigint,
  n bigint not null,
  bucket smallint not null,
  state smallint not null,
  func text collate "C" not null,
  primary key (func, state, bucket)
);

create table taskflow.schedules (
  created_at bigint not null,
  next_run_at bigint,
  last_run_at bigint,
  paused smallint not null,
  removed smallint not null default 0,
  id text collate "C" not null primary key,
  func text not null,
  revision text not null,
  overlap text not null,
  last_task_id text,
  definition text not null
);

create table taskflow.schedule_ticks (
  n bigint generated always as identity primary key,
  due_at bigint not null,
  fired_at bigint not null,
  schedule_id text collate "C" not null,
  outcome text not null,
  task_id text
);
create index schedule_ticks_schedule on taskflow.schedule_ticks (schedule_id, n);
create index schedule_ticks_due on taskflow.schedule_ticks (schedule_id, due_at);
create index schedule_ticks_fired on taskflow.schedule_ticks (fired_at);

create table taskflow.audit (
  at bigint not null,
  id text collate "C" not null primary key,
  action text collate "C" not null,
  actor text collate "C" not null,
  task_id text collate "C",
  detail text not null
);
create index audit_at on taskflow.audit (at, id);
create index audit_task on taskflow.audit (task_id, at, id) where task_id is not null;

-- Login tries, one row each.
create table taskflow.logins (
  n bigint generated always as identity primary key,
  at bigint not null,
  over_at bigint not null,
  key text collate "C" not null
);
create index logins_key on taskflow.logins (key, at);
create index logins_over on taskflow.logins (over_at);

create table taskflow.ended_sessions (
  expires_at bigint not null,
  id text collate "C" not null primary key
);
create index ended_sessions_expires on taskflow.ended_sessions (expires_at);

insert into taskflow.meta values ('schedulesVersion', '0');
