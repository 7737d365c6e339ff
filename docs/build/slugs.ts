const FENCED = /^```[\s\S]*?^```$/gm
const HEADING = /^#{1,6} +(.+)$/gm

/** The anchor of a heading, as GitHub makes it; the site is told to make it alike. */
export function slug(heading: string): string {
  return heading
    .toLowerCase()
    .trim()
    .replaceAll(/[^\p{Letter}\p{Mark}\p{Number}\p{Connector_Punctuation} -]/gu, '')
    .replaceAll(' ', '-')
}

/** The anchors of a page's headings. A repeated one gets a number. */
export function slugs(markdown: string): string[] {
  const seen = new Map<string, number>()
  return [...markdown.replaceAll(FENCED, '').matchAll(HEADING)].map(([, heading = '']) => {
    const text = heading.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, '$1')
    const own = slug(text)
    const before = seen.get(own) ?? 0
    seen.set(own, before + 1)
    return before === 0 ? own : `${own}-${before}`
  })
}
