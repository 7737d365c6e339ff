/**
 * What positions in a change feed look like in all storages: event ids of the stream and headers hold
 * them. What does not look so is none of ours. Postgres names transactions that are open.
 */
export const POSITION = /^[\w.:,-]{1,2000}$/
