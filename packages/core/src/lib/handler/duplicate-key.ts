const TOKEN = /"(?:[^"\\]|\\.)*"|[{}[\]:,]/g

/**
 * A key that stands twice in one object of valid JSON, where readers do not agree on which counts;
 * null when there is none.
 */
export function duplicateKey(json: string): string | null {
  /** Keys of the objects around this place; null for an array. */
  const around: (Set<string> | null)[] = []
  let text = ''
  for (const [token] of json.matchAll(TOKEN)) {
    if (token === '{') around.push(new Set())
    else if (token === '[') around.push(null)
    else if (token === '}' || token === ']') around.pop()
    else if (token === ':') {
      const key = JSON.parse(text) as string
      const keys = around.at(-1)
      if (keys?.has(key)) return key
      keys?.add(key)
    } else text = token
  }
  return null
}
