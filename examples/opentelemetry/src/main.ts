import { ConsoleSpanExporter } from '@opentelemetry/sdk-trace'
import { createApp } from './app.ts'
import { startTracing } from './tracing.ts'

const provider = startTracing(new ConsoleSpanExporter())
const { tasks, server } = createApp()
await tasks.start()
server.listen(3000, () => console.log('curl -X POST localhost:3000/orders'))

process.once('SIGINT', async () => {
  server.close()
  await tasks.stop()
  await provider.shutdown()
})
