import { parentPort, workerData } from 'node:worker_threads'
import { Engine, type VerbName } from './lib/engine.ts'
import { toFailure } from './lib/errors.ts'
import type { EngineOptions } from './lib/options.ts'
import type { Answer, Question } from './lib/thread.ts'

// The thread that runs SQLite. Nothing of core is loaded here but types.
const options = workerData as EngineOptions
const engine = new Engine(options)

parentPort?.on('message', (question: Question) => {
  void answer(question).then((reply) => parentPort?.postMessage(reply))
})

async function answer({ id, verb, input }: Question): Promise<Answer> {
  try {
    if (verb === 'open') return { id, value: await engine.open() }
    if (verb === 'close') return { id, value: engine.close() }
    return { id, value: await engine.call(verb as VerbName, input) }
  } catch (error) {
    return { id, failure: toFailure(error, options.file) }
  }
}
