import { ConsoleSpanExporter } from '@opentelemetry/sdk-trace'
import { createApp } from './app.ts'
import { startTracing } from './tracing.ts'

const provider = startTracing(new ConsoleSpanExporter())
const { tasks, server } = createApp()
await tasks.start()
const port = Number(process.env.PORT ?? 3000)
server.listen(port, () => console.log(`curl -X POST localhost:${port}/orders`))

process.once('SIGINT', async () => {
  server.close()
  await tasks.stop()
  await provider.shutdown()
})
