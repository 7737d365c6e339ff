export type * from './lib/client/wire.ts'
