import { describeStorage } from '@taskflow/core/testing'
import { afterAll, beforeAll, describe, inject, it } from 'vitest'
import { createDatabase, createFixture, type TestDatabase } from './lib/testing.ts'

let database: TestDatabase

beforeAll(async () => {
  database = await createDatabase(inject('postgresUrl'))
})

afterAll(() => database.drop())

describeStorage(
  'postgresStorage',
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
      'listen',
      'standIn',
    ],
    create: () => createFixture(database),
  },
  { describe, it },
)
