/** A lane without edges: its nodes may stand anywhere. */
export interface Block {
  ids: readonly string[]
  /** Room for a frame around it, before and after, along the layers and across them. */
  margin: { before: Size; after: Size }
}

/** Along the edges' direction, and across it. */
export interface Size {
  along: number
  across: number
}

/** A drawing is to be so many times as long along the edges as across them. */
export type Shape = number

/** Nodes of a block are put in rows of so many, so that it has about that shape. */
export function columnsOf(count: number, step: Size, shape: Shape): number {
  return Math.max(1, Math.ceil(Math.sqrt((count * shape * step.across) / step.along)))
}

/**
 * Puts blocks beside what is `taken`: under each other as far as that reaches, then in the next
 * column; alone, so that all of them have the shape. Returns where each node is.
 */
export function placeBlocks(
  blocks: readonly Block[],
  taken: Size,
  { step, gap, shape }: { step: Size; gap: number; shape: Shape },
): Map<string, Size> {
  const sized = blocks.map((block) => {
    const columns = columnsOf(block.ids.length, step, shape)
    const { before, after } = block.margin
    const rows = Math.ceil(block.ids.length / columns)
    const along =
      before.along + Math.min(columns, block.ids.length) * step.along - gap + after.along
    const across = before.across + rows * step.across - gap + after.across
    return { ...block, columns, along, across }
  })
  const area = sized.reduce((sum, { along, across }) => sum + (along + gap) * (across + gap), 0)
  const whole = area + taken.along * taken.across
  const reach = Math.max(
    taken.across,
    Math.sqrt(whole / shape),
    ...sized.map(({ across }) => across),
  )
  const places = new Map<string, Size>()
  let start = taken.along > 0 ? taken.along + gap : 0
  let widest = 0
  let across = 0
  for (const block of sized) {
    if (across > 0 && across + block.across > reach) {
      start += widest + gap
      widest = 0
      across = 0
    }
    const { before } = block.margin
    for (const [i, id] of block.ids.entries()) {
      places.set(id, {
        along: start + before.along + (i % block.columns) * step.along,
        across: across + before.across + Math.floor(i / block.columns) * step.across,
      })
    }
    widest = Math.max(widest, block.along)
    across += block.across + gap
  }
  return places
}
