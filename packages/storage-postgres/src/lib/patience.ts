/** In how many parts a time is waited for. */
const STEPS = 20

/**
 * As `setTimeout`, but in time that this process had to listen: while its event loop is blocked, at
 * most a twentieth of `ms` passes, and what arrived meanwhile is read before `late` is called.
 * Returns a function that ends the waiting.
 */
export function patiently(ms: number, late: () => void): () => void {
  let left = STEPS
  let timer: NodeJS.Timeout
  let turn: NodeJS.Immediate
  const step = () => {
    timer = setTimeout(() => {
      left -= 1
      // Sockets are read between timers and immediates.
      turn = setImmediate(left > 0 ? step : late)
    }, ms / STEPS)
  }
  step()
  return () => {
    clearTimeout(timer)
    clearImmediate(turn)
  }
}
