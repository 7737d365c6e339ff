/**
 * The same function, though it throws or rejects: for those who are told of errors, since there is
 * nobody left to tell that they fail.
 */
export function isolated<Args extends unknown[]>(
  tell: (...args: Args) => unknown,
): (...args: Args) => void {
  return (...args) => {
    try {
      const outcome = tell(...args)
      if (outcome instanceof Promise) outcome.catch(() => {})
    } catch {}
  }
}
