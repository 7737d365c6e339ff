import { describeStorage } from '@taskflow/core/testing'
import { afterAll, beforeAll, describe, inject, it } from 'vitest'
import { createDatabase, createFixture, type TestDatabase } from './lib/testing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
})

afterAll(() => database.drop())

// What a transaction-mode pooler takes away: named statements, session settings, listening.
describeStorage(
  'postgresStorage for a pooler',
  {
    facts: [
      'shared',
      'durable',
      'logs',
      'changes',
      'instances',
      'functions',
      'series',
      'schedules',
      'audit',
      'sessions',
      'standIn',
    ],
    create: () => createFixture(database, { pooler: true }),
  },
  { describe, it },
)
