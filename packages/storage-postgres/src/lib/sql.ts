/** The database's clock in epoch ms; `now()` would stand still inside the app's transaction. */
export const CLOCK = 'floor(extract(epoch from clock_timestamp()) * 1000)::bigint'

/** One instant for the whole statement: the first parameter, or else the database's clock. */
export const NOW = `clock as materialized (select coalesce($1::bigint, ${CLOCK}) as now)`

/** Writes down which tasks a statement changed; `ids` is a query of them. */
export function noteChanges(ids: string): string {
  return `noted as (insert into {changes} (ids)
    select array_agg(id) from (${ids}) as changed having count(*) > 0)`
}

/** What `keys` knows the idempotency key of a task by; null without one. */
export function keyHash(row: string): string {
  return `sha256(convert_to(octet_length(${row}.func) || ':' || ${row}.func || ${row}.idem_key, 'UTF8'))`
}

/** Frees the keys of what `rows` ended badly or deleted. */
export function freeKeys(rows: string, condition: string): string {
  return `freed as (
    delete from {keys} as k
    where k.hash = any (array(select ${keyHash('r')} from ${rows} as r
        where r.idem_key is not null and ${condition}))
      and k.task_id = any (array(select r.id from ${rows} as r where r.idem_key is not null)))`
}
