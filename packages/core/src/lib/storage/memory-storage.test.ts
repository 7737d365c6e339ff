import { describe, it } from 'vitest'
import { describeStorage } from '../testing/describe-storage/describe-storage.ts'
import { memoryStorage } from './memory/memory-storage.ts'

describeStorage(
  'memoryStorage',
  {
    facts: [
      'inOrder',
      'logs',
      'changes',
      'instances',
      'functions',
      'series',
      'schedules',
      'audit',
      'sessions',
    ],
    async create() {
      const storage = memoryStorage()
      return { storage, dispose: () => storage.close() }
    },
  },
  { describe, it },
)
