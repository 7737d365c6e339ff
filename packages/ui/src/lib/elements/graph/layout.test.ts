import { describe, expect, it } from 'vitest'
import { edgePath, type Layout, layOut, NODE_HEIGHT, NODE_WIDTH, type Point } from './layout.ts'

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

function overlaps(layout: Layout): string[] {
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

/** Four groups, and every fifth node in none. */
function groupsOf(ids: readonly string[]): Map<string, string | null> {
  return new Map(ids.map((id, i) => [id, i % 5 === 4 ? null : 'abcd'.charAt((i * 7) % 4)]))
}

/** Edges that lead through a node, looked at point by point as they are drawn. */
function crossed(layout: Layout): string[] {
  return layout.edges.flatMap((points, i) =>
    points.slice(1).flatMap((to, at) => {
      const from = points[at] as Point
      return Array.from({ length: 21 }, (_, step) => onCurve(from, to, step / 20, layout.direction))
        .flatMap(({ x, y }) =>
          [...layout.nodes].filter(
            ([, node]) =>
              x > node.x + 0.5 &&
              x < node.x + NODE_WIDTH - 0.5 &&
              y > node.y + 0.5 &&
              y < node.y + NODE_HEIGHT - 0.5,
          ),
        )
        .map(([id]) => `edge ${i} through ${id}`)
    }),
  )
}

function onCurve(from: Point, to: Point, t: number, direction: Layout['direction']): Point {
  const bend = (a: number, b: number, c: number, d: number) =>
    (1 - t) ** 3 * a + 3 * (1 - t) ** 2 * t * b + 3 * (1 - t) * t ** 2 * c + t ** 3 * d
  const straight = (axis: 'x' | 'y') => {
    const half = (from[axis] + to[axis]) / 2
    return bend(from[axis], half, half, to[axis])
  }
  const eased = (axis: 'x' | 'y') => bend(from[axis], from[axis], to[axis], to[axis])
  return direction === 'lr'
    ? { x: straight('x'), y: eased('y') }
    : { x: eased('x'), y: straight('y') }
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

  it.each(['lr', 'tb'] as const)(
    'leads no edge through a node, with and without groups, %s',
    (direction) => {
      const input = made(120)
      expect(crossed(layOut({ ...input, direction }))).toEqual([])
      expect(crossed(layOut({ ...input, direction, groups: groupsOf(input.ids) }))).toEqual([])
    },
  )

  it.each(['lr', 'tb'] as const)('frames each group, and nothing else in it, %s', (direction) => {
    const input = made(120)
    const groups = groupsOf(input.ids)
    const layout = layOut({ ...input, direction, groups })
    expect(overlaps(layout)).toEqual([])
    expect(layout.frames.map(({ group }) => group).sort()).toEqual(['a', 'b', 'c', 'd'])
    for (const { group, x, y, width, height } of layout.frames) {
      const inside = [...layout.nodes].filter(
        ([, at]) =>
          at.x > x - NODE_WIDTH && at.x < x + width && at.y > y - NODE_HEIGHT && at.y < y + height,
      )
      const members = input.ids.filter((id) => groups.get(id) === group)
      expect(inside.map(([id]) => id).sort()).toEqual(members.sort())
      expect(x).toBeGreaterThanOrEqual(0)
      expect(y + height).toBeLessThanOrEqual(layout.height)
    }
  })

  it('puts what depends on something below it where edges lead down', () => {
    const input = made(60)
    const { nodes } = layOut({ ...input, direction: 'tb' })
    for (const { from, to } of input.edges) {
      expect(nodes.get(from)?.y).toBeLessThan(nodes.get(to)?.y ?? 0)
    }
  })

  it.each(['lr', 'tb'] as const)(
    'puts groups without edges beside the others, so that the whole stays wider than high, %s',
    (direction) => {
      const ids = Array.from({ length: 40 }, (_, i) => `n${i}`)
      const groups = new Map(ids.map((id, i) => [id, `g${Math.floor(i / 4)}`]))
      const edges = [
        { from: 'n0', to: 'n4' },
        { from: 'n1', to: 'n4' },
      ]
      const layout = layOut({ ids, edges, groups, direction })
      expect(layout.nodes.size).toBe(40)
      expect(overlaps(layout)).toEqual([])
      const touching = layout.frames.filter((a) =>
        layout.frames.some(
          (b) =>
            a !== b &&
            a.x < b.x + b.width &&
            b.x < a.x + a.width &&
            a.y < b.y + b.height &&
            b.y < a.y + a.height,
        ),
      )
      expect(touching).toEqual([])
      expect(layout.width / layout.height).toBeGreaterThan(1)
      expect(layout.width / layout.height).toBeLessThan(4)
    },
  )

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
    expect(edgePath([], 'lr')).toBe('')
  })
})
