import type { Link } from './layers.ts'
import type { Layout, Point } from './layout.ts'

/** Where an arrow key leads from a box: along an edge, or to the next box of its layer. */
export function stepTo(
  key: string,
  from: string,
  layout: Layout,
  edges: readonly Link[],
): string | undefined {
  const at = layout.nodes.get(from)
  if (!at) return undefined
  const [along, across] = layout.direction === 'lr' ? (['x', 'y'] as const) : (['y', 'x'] as const)
  const layer = [...layout.nodes].filter(([, other]) => other[along] === at[along])
  const steps = {
    forwards: () => edges.filter((edge) => edge.from === from).map(({ to }) => to),
    back: () => edges.filter((edge) => edge.to === from).map((edge) => edge.from),
    next: () => layer.filter(([, other]) => other[across] > at[across]).map(([id]) => id),
    previous: () => layer.filter(([, other]) => other[across] < at[across]).map(([id]) => id),
  }
  const keys: Record<string, keyof typeof steps> =
    layout.direction === 'lr'
      ? { ArrowRight: 'forwards', ArrowLeft: 'back', ArrowDown: 'next', ArrowUp: 'previous' }
      : { ArrowDown: 'forwards', ArrowUp: 'back', ArrowRight: 'next', ArrowLeft: 'previous' }
  const step = keys[key]
  if (!step) return undefined
  const far = (id: string) => distance(layout.nodes.get(id), at)
  return steps[step]().toSorted((a, b) => far(a) - far(b))[0]
}

function distance(a: Point | undefined, b: Point): number {
  return a ? Math.hypot(a.x - b.x, a.y - b.y) : Number.POSITIVE_INFINITY
}
