-- The first schema. `taskflow_` is replaced by the table prefix of the storage.
-- States: 0 ready, 1 blocked, 2 ready but took a process down, 3 running;
-- 10 success, 11 failed, 12 cancelled, 13 interrupted.

create table taskflow_meta (
  name text primary key,
  value text not null
) without rowid;

-- What all tasks of one definition share. A task names it by its number.
create table taskflow_kinds (
  id integer primary key,
  func text not null,
  group_name text,
  executor text not null,
  source text not null,
  max_attempts integer not null,
  requeue integer not null
);
create index taskflow_kinds_func on taskflow_kinds (func);

-- Every task by its id. `seq` is its number for life, in the order of inserts; it is never used twice.
create table taskflow_ids (
  id text primary key,
  seq integer not null
) without rowid;

-- Pending and running tasks. `meta` is what it was given beyond the ordinary, `notes` what happened
-- to it beyond the ordinary; both are JSON, and null for most. What is large comes last.
create table taskflow_live (
  seq integer primary key,
  id text not null,
  kind integer not null,
  state integer not null,
  rank integer not null,
  run_at integer not null,
  created_at integer not null,
  fence integer not null,
  rev integer not null,
  attempts integer not null,
  children integer not null,
  owner integer,
  started_at integer,
  cancel_at integer,
  meta text,
  notes text,
  payload text not null
);
create index taskflow_live_ready on taskflow_live (kind, rank, run_at, id) where state = 0;
create index taskflow_live_blocked on taskflow_live (kind) where state = 1;
create index taskflow_live_suspect on taskflow_live (kind, rank, run_at, id) where state = 2;
create index taskflow_live_running on taskflow_live (owner, cancel_at, kind) where state = 3;
create index taskflow_live_again on taskflow_live (kind, run_at) where state in (0, 2) and attempts > 0;
create index taskflow_live_schedule on taskflow_live (meta ->> 'schedule')
  where meta ->> 'schedule' is not null;

-- Ended tasks. The indexes by kind and by state answer for most filters and sorts alone.
create table taskflow_done (
  seq integer primary key,
  id text not null,
  kind integer not null,
  state integer not null,
  run_at integer not null,
  created_at integer not null,
  fence integer not null,
  rev integer not null,
  attempts integer not null,
  children integer not null,
  owner integer,
  claimed_at integer,
  started_at integer,
  ended_at integer not null,
  cancel_at integer,
  meta text,
  notes text,
  payload text not null,
  result text
);
create index taskflow_done_kind on taskflow_done
  (kind, id, state, owner, created_at, started_at, ended_at);
create index taskflow_done_state on taskflow_done (state, id, started_at, ended_at) where state <> 10;
create index taskflow_done_kind_state on taskflow_done (kind, state, id, started_at, ended_at)
  where state <> 10;
-- For pruning, which takes the oldest of each kind, and looks twice at parents.
create index taskflow_done_ended on taskflow_done (kind, ended_at, children);

-- What tasks are found by beside their columns: tags, flow, schedule, and the task they retry.
create table taskflow_labels (
  label text not null,
  id text not null,
  seq integer not null,
  primary key (label, id)
) without rowid;

-- Holders of idempotency keys.
create table taskflow_keys (
  func text not null,
  key text not null,
  id text not null,
  primary key (func, key)
) without rowid;

-- `dependsOn` of each task. `open` says that the child waits for this parent.
create table taskflow_edges (
  child text not null,
  position integer not null,
  parent text not null,
  open integer not null,
  primary key (child, position)
) without rowid;
create index taskflow_edges_parent on taskflow_edges (parent, child);
create index taskflow_edges_open on taskflow_edges (child) where open = 1;

-- Starts that ended with the task going back to pending. Each start has a fence of its own.
create table taskflow_attempts (
  task integer not null,
  fence integer not null,
  attempt integer not null,
  claimed_at integer not null,
  started_at integer not null,
  ended_at integer not null,
  outcome text not null,
  late_outcome text,
  owner integer,
  error text,
  stacktrace text,
  primary key (task, fence)
) without rowid;

-- Log lines that no longer fit in the task's row.
create table taskflow_logs (
  task integer not null,
  first integer not null,
  entries text not null,
  primary key (task, first)
) without rowid;

-- Instances that ever ran a task, by number; those with a lease are in taskflow_instances too.
create table taskflow_owners (
  id integer primary key,
  name text not null unique
);

create table taskflow_instances (
  owner integer primary key,
  beat integer not null,
  expires_at integer not null,
  started_at integer not null,
  last_beat_at integer not null,
  running integer not null,
  unresponsive integer not null,
  state text not null,
  host text not null,
  pid integer not null,
  version text not null,
  functions text not null
);

-- Tasks that a transaction inserted or changed, as ranges of their numbers, and ids of those it
-- deleted.
create table taskflow_changes (
  seq integer primary key,
  at integer not null,
  tasks text not null,
  gone text
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

-- Minutes that are not in taskflow_rollup yet, so that a commit writes one page of counts, not three.
create table taskflow_recent (
  at integer not null,
  func text not null,
  state integer not null,
  bucket integer not null,
  n integer not null,
  sum_ms integer not null,
  min_ms integer not null,
  max_ms integer not null,
  last_end integer not null,
  primary key (at, func, state, bucket)
) without rowid;

-- Functions that are paused or limited, or had settlements that came too late.
create table taskflow_functions (
  func text primary key,
  paused_at integer,
  used real not null,
  used_at integer not null,
  late integer not null
) without rowid;

create table taskflow_schedules (
  id text primary key,
  func text not null,
  revision text not null,
  definition text not null,
  overlap text not null,
  next_run_at integer,
  paused integer not null,
  removed integer not null,
  created_at integer not null,
  last_run_at integer,
  last_task text
) without rowid;

create table taskflow_ticks (
  seq integer primary key autoincrement,
  schedule text not null,
  due_at integer not null,
  fired_at integer not null,
  outcome text not null,
  task text
);
create index taskflow_ticks_schedule on taskflow_ticks (schedule);
create index taskflow_ticks_due on taskflow_ticks (schedule, due_at);
create index taskflow_ticks_fired on taskflow_ticks (fired_at);

create table taskflow_audit (
  id text primary key,
  at integer not null,
  action text not null,
  task text,
  actor text not null,
  detail text not null
) without rowid;
create index taskflow_audit_at on taskflow_audit (at, id);
create index taskflow_audit_task on taskflow_audit (task, at, id) where task is not null;

create table taskflow_logins (
  seq integer primary key,
  key text not null,
  at integer not null,
  over_at integer not null
);
create index taskflow_logins_key on taskflow_logins (key, at);
create index taskflow_logins_over on taskflow_logins (over_at);

create table taskflow_ended_sessions (
  id text primary key,
  expires_at integer not null
) without rowid;
create index taskflow_ended_sessions_expires on taskflow_ended_sessions (expires_at);
