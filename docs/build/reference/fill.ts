const PLACE = /(<!-- generated: (.+) -->\n)[\s\S]*?(<!-- end -->)/g

/** Writes what was generated between `<!-- generated: NAME -->` and `<!-- end -->`. */
export function fill(text: string, generate: (name: string) => string): string {
  return text.replaceAll(PLACE, (_, begin: string, name: string, end: string) => {
    return `${begin}\n${generate(name)}\n\n${end}`
  })
}

/** The names that a page has places for. */
export function placesIn(text: string): string[] {
  return [...text.matchAll(PLACE)].map(([, , name = '']) => name)
}
