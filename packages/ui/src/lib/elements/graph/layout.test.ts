import { describe, expect, it } from 'vitest'
import { edgePath, layOut, NODE_HEIGHT, NODE_WIDTH } from './layout.ts'

/** A graph of `count` nodes where each follows up to three earlier ones, alike in every run. */
function made(count: number) {
  let seed = 7
  const random = (below: number) => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648
    return seed % below
  }
  const ids = Array.from({ length: count }, (_, i) => `n${i}`)
  const edges = ids.flatMap((to, i) =>
    i % 5 === 0 ? [] : Array.from({ length: 1 + random(3) }, () => ({ from: `n${random(i)}`, to })),
  )
  return { ids, edges }
}

function overlaps(layout: ReturnType<typeof layOut>): string[] {
  const boxes = [...layout.nodes]
  return boxes.flatMap(([a, at], i) =>
    boxes
      .slice(i + 1)
      .filter(
        ([, other]) =>
          Math.abs(at.x - other.x) < NODE_WIDTH && Math.abs(at.y - other.y) < NODE_HEIGHT,
      )
      .map(([b]) => `${a} and ${b}`),
  )
}

describe('layOut', () => {
  it('puts what depends on something to its right', () => {
    const input = made(120)
    const { nodes } = layOut(input)
    for (const { from, to } of input.edges) {
      expect(nodes.get(from)?.x).toBeLessThan(nodes.get(to)?.x ?? 0)
    }
  })

  it('lets no two nodes touch, and none stand outside, also of 250', () => {
    const layout = layOut(made(250))
    expect(layout.nodes.size).toBe(250)
    expect(overlaps(layout)).toEqual([])
    for (const { x, y } of layout.nodes.values()) {
      expect(x).toBeGreaterThanOrEqual(0)
      expect(y).toBeGreaterThanOrEqual(0)
      expect(x + NODE_WIDTH).toBeLessThanOrEqual(layout.width)
      expect(y + NODE_HEIGHT).toBeLessThanOrEqual(layout.height)
    }
  })

  it('leads no edge through a node', () => {
    const input = made(120)
    const layout = layOut(input)
    const through = layout.edges.flatMap((points, i) =>
      points.slice(1).flatMap((point, at) => {
        const before = points[at]
        // Edges bend only between columns; within one they run straight.
        if (!before || before.y !== point.y || point.x - before.x !== NODE_WIDTH) return []
        return [...layout.nodes]
          .filter(([, { x, y }]) => x === before.x && y < point.y && point.y < y + NODE_HEIGHT)
          .map(([id]) => `edge ${i} through ${id}`)
      }),
    )
    expect(through).toEqual([])
  })

  it('copes with circles, edges to nobody, to oneself, and doubles', () => {
    const layout = layOut({
      ids: ['a', 'b', 'c', 'alone'],
      edges: [
        { from: 'a', to: 'b' },
        { from: 'b', to: 'c' },
        { from: 'c', to: 'a' },
        { from: 'a', to: 'b' },
        { from: 'a', to: 'a' },
        { from: 'a', to: 'gone' },
      ],
    })
    expect(layout.nodes.size).toBe(4)
    expect(overlaps(layout)).toEqual([])
    expect(layout.edges.map((points) => points.length > 0)).toEqual([
      true,
      true,
      true,
      true,
      false,
      false,
    ])
    // The one that closes the circle begins at its own start.
    expect(layout.edges[2]?.[0]?.x).toBeGreaterThan(layout.edges[2]?.at(-1)?.x ?? 0)
  })

  it('has room for nothing at all', () => {
    expect(layOut({ ids: [], edges: [] })).toMatchObject({ width: 0, height: 0 })
    expect(edgePath([])).toBe('')
  })
})
