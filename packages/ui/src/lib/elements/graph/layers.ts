/** What one node is followed by. */
export interface Link {
  from: string
  to: string
}

function bySource(edges: readonly Link[]): Map<string, Link[]> {
  const out = new Map<string, Link[]>()
  for (const edge of edges) {
    const known = out.get(edge.from)
    if (known) known.push(edge)
    else out.set(edge.from, [edge])
  }
  return out
}

/** Edges that lead back to where a walk came from: turned around, no circle is left. */
export function backEdges(ids: readonly string[], edges: readonly Link[]): Set<object> {
  const out = bySource(edges)
  const state = new Map<string, 'open' | 'done'>()
  const turned = new Set<object>()
  for (const start of ids) {
    if (state.has(start)) continue
    // Without recursion: a chain may be long.
    const stack = [{ id: start, at: 0 }]
    state.set(start, 'open')
    for (let top = stack.at(-1); top; top = stack.at(-1)) {
      const edge = out.get(top.id)?.[top.at++]
      if (!edge) {
        state.set(top.id, 'done')
        stack.pop()
      } else if (state.get(edge.to) === 'open') turned.add(edge)
      else if (!state.has(edge.to)) {
        state.set(edge.to, 'open')
        stack.push({ id: edge.to, at: 0 })
      }
    }
  }
  return turned
}

/** The longest way from a start decides the layer. */
export function layersOf(
  ids: readonly string[],
  edges: readonly Link[],
  turned: ReadonlySet<object>,
): Map<string, number> {
  const forward = edges.map((edge) => (turned.has(edge) ? { from: edge.to, to: edge.from } : edge))
  const out = bySource(forward)
  const waits = new Map(ids.map((id) => [id, 0]))
  for (const { to } of forward) waits.set(to, (waits.get(to) ?? 0) + 1)
  const layers = new Map(ids.map((id) => [id, 0]))
  const ready = ids.filter((id) => waits.get(id) === 0)
  for (let id = ready.pop(); id !== undefined; id = ready.pop()) {
    for (const { to } of out.get(id) ?? []) {
      layers.set(to, Math.max(layers.get(to) ?? 0, (layers.get(id) ?? 0) + 1))
      const left = (waits.get(to) ?? 0) - 1
      waits.set(to, left)
      if (left === 0) ready.push(to)
    }
  }
  return layers
}
