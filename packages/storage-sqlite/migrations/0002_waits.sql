-- How long tasks waited before they started: spans as in taskflow_rollup, hours of what is older than
-- two days.
create table taskflow_waits (
  span integer not null,
  at integer not null,
  func text not null,
  wait_ms integer not null,
  n integer not null,
  primary key (span, at, func, wait_ms)
) without rowid;
