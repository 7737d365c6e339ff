import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Answer, EngineHost, type Question } from './lib/engine-host.ts'
import type { EngineOptions } from './lib/options.ts'

// The thread that runs SQLite. Nothing of core is loaded here but types.
const host = new EngineHost(workerData as EngineOptions, (kinds) =>
  parentPort?.postMessage({ kinds }),
)

const reply = (answer: Answer) => parentPort?.postMessage(answer)

parentPort?.on('message', (first: Question) => host.answerAll([first, ...waiting()], reply))

/** The questions that are there already: those that write share a commit. */
function waiting(): Question[] {
  const questions: Question[] = []
  for (let next = received(); next !== undefined; next = received()) questions.push(next)
  return questions
}

function received(): Question | undefined {
  if (parentPort === null) return undefined
  return (receiveMessageOnPort(parentPort) as { message: Question } | undefined)?.message
}
