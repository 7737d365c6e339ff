-- How long tasks waited before they started: by the minute, and by the hour of what is older than two
-- days.
create table taskflow.waits (
  at bigint not null,
  n bigint not null,
  wait_ms integer not null,
  span smallint not null,
  func text collate "C" not null,
  primary key (span, at, func, wait_ms)
) with (fillfactor = 70);
