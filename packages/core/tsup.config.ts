import { defineConfig } from 'tsup'
import { library } from '../../tsup.shared.ts'

export default defineConfig(
  library({
    index: 'src/index.ts',
    client: 'src/client.ts',
    node: 'src/node.ts',
    opentelemetry: 'src/opentelemetry.ts',
    testing: 'src/testing.ts',
    'executor-thread': 'src/executor-thread.ts',
    'executor-process': 'src/executor-process.ts',
  }),
)
