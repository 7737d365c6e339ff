-- Ids are random: to compress those of a thousand tasks took longer than to store them.
-- Whoever has the table open lets go of it soon; meanwhile all others would wait behind this.
set local lock_timeout = '5s';
alter table taskflow.changes alter column ids set storage external;
