/** One function that ends all of them, in order. */
export function endAll(ends: readonly (() => void)[]): () => void {
  return () => {
    for (const end of ends) end()
  }
}
