import { describeStorage, type StorageFact } from '@taskflow/core/testing'
import { describe, it, vi } from 'vitest'
import { createFixture } from './lib/testing.ts'

// Many threads start at once, on machines that do other things too.
vi.setConfig({ testTimeout: 60_000 })

const facts: StorageFact[] = [
  'shared',
  'durable',
  'inOrder',
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
]

describeStorage(
  'sqliteStorage',
  { facts, create: () => createFixture({ synchronous: 'normal', worker: false }) },
  { describe, it },
)

// Starting a thread takes most of each case: several at once.
describeStorage(
  'sqliteStorage in its thread',
  { facts, create: () => createFixture({ synchronous: 'normal' }) },
  { describe, it: it.concurrent },
)
