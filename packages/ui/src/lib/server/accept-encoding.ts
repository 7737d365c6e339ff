/** Smallest first. */
const BY_SIZE = ['br', 'gzip']

/** The best of the `offered` encodings that an `Accept-Encoding` header allows; null for none. */
export function preferredEncoding(header: string, offered: readonly string[]): string | null {
  const weights = new Map<string, number>()
  for (const part of header.toLowerCase().split(',')) {
    const [name = '', ...parameters] = part.split(';').map((text) => text.trim())
    const weight = parameters.find((text) => text.startsWith('q='))
    if (name) weights.set(name, weight ? Number(weight.slice(2)) || 0 : 1)
  }
  const allowed = (name: string) => (weights.get(name) ?? weights.get('*') ?? 0) > 0
  return BY_SIZE.find((name) => offered.includes(name) && allowed(name)) ?? null
}
