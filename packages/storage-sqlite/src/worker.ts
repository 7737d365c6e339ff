import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads'
import { type Answer, EngineHost, type Question } from './lib/engine-host.ts'
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

const reply = (answer: Answer) => parentPort?.postMessage(answer)

parentPort?.on('message', (first: Question) => {
  comeSoon = performance.now() - answeredAt < 2 * SOON_MS
  let questions = [first, ...waiting()]
  for (let n = questions.length; questions.length > 0; n += questions.length) {
    host.answerAll(questions, reply)
    answeredAt = performance.now()
    if (!comeSoon || n >= IN_A_ROW) return
    const next = nextSoon()
    questions = next === undefined ? [] : [next, ...waiting()]
  }
})

/** The questions that are there already. */
function waiting(): Question[] {
  const questions: Question[] = []
  for (let next = received(); next !== undefined; next = received()) questions.push(next)
  return questions
}

function received(): Question | undefined {
  if (parentPort === null) return undefined
  return (receiveMessageOnPort(parentPort) as { message: Question } | undefined)?.message
}

/** The next question, if it comes at once. */
function nextSoon(): Question | undefined {
  while (performance.now() - answeredAt < SOON_MS) {
    const next = received()
    if (next !== undefined) return next
  }
  return undefined
}
