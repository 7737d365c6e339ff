import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { EngineHost, type Question } from './lib/engine-host.ts'
import type { EngineOptions } from './lib/options.ts'

// The thread that runs SQLite. Nothing of core is loaded here but types.
const host = new EngineHost(workerData as EngineOptions, (kinds) =>
  parentPort?.postMessage({ kinds }),
)

/** A caller that awaits one call after another is back this soon; waking a thread takes as long. */
const SOON_MS = 0.08
/** After so many questions in a row, timers and promises get their turn. */
const IN_A_ROW = 100

/** Whether questions come soon after answers: only then it pays to wait for the next one awake. */
let comeSoon = false
let answeredAt = 0

parentPort?.on('message', (first: Question) => {
  comeSoon = performance.now() - answeredAt < 2 * SOON_MS
  let question: Question | undefined = first
  for (let n = 0; question !== undefined && n < IN_A_ROW; n += 1) {
    host.answer(question, (answer) => parentPort?.postMessage(answer))
    answeredAt = performance.now()
    question = comeSoon && n < IN_A_ROW - 1 ? nextSoon() : undefined
  }
})

/** The next question, if it comes at once. */
function nextSoon(): Question | undefined {
  if (parentPort === null) return undefined
  while (performance.now() - answeredAt < SOON_MS) {
    const received = receiveMessageOnPort(parentPort) as { message: Question } | undefined
    if (received !== undefined) return received.message
  }
  return undefined
}
