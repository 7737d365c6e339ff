interface Point {
  x: number
  y: number
}

/** What a hand does to the view. */
export interface GestureTarget {
  move(dx: number, dy: number): void
  /** Closer or further; `at` in the plane stays where it is. */
  zoom(factor: number, at: Point): void
}

/** One pointer moves the view, two pinch it. */
export class Gestures {
  /** True until the click that ends a drag is over. */
  moved = false
  readonly #target: GestureTarget
  readonly #pointers = new Map<number, Point>()

  constructor(target: GestureTarget) {
    this.#target = target
  }

  down = (event: PointerEvent): void => {
    if (event.button !== 0) return
    // One that was let go outside of the plane told nobody.
    if (event.isPrimary) this.#pointers.clear()
    this.#pointers.set(event.pointerId, { x: event.clientX, y: event.clientY })
  }

  move = (event: PointerEvent): void => {
    const from = this.#pointers.get(event.pointerId)
    if (!from || event.buttons === 0) return
    const to = { x: event.clientX, y: event.clientY }
    const plane = event.currentTarget as SVGElement
    const other = [...this.#pointers].find(([id]) => id !== event.pointerId)?.[1]
    // A hand that shakes still clicks.
    if (!other && !this.moved && distance(from, to) < 4) return
    // Not sooner: a captured pointer clicks no box.
    plane.setPointerCapture(event.pointerId)
    plane.dataset.drag = ''
    this.moved = true
    this.#pointers.set(event.pointerId, to)
    if (!other) {
      this.#target.move(to.x - from.x, to.y - from.y)
      return
    }
    const { left, top } = plane.getBoundingClientRect()
    const [before, after] = [middle(from, other), middle(to, other)]
    this.#target.move(after.x - before.x, after.y - before.y)
    this.#target.zoom(distance(to, other) / Math.max(1, distance(from, other)), {
      x: after.x - left,
      y: after.y - top,
    })
  }

  up = (event: PointerEvent): void => {
    this.#pointers.delete(event.pointerId)
    if (this.#pointers.size > 0) return
    delete (event.currentTarget as SVGElement).dataset.drag
    // The click that ends a drag comes after this.
    setTimeout(() => {
      this.moved = false
    })
  }
}

function distance(a: Point, b: Point): number {
  return Math.hypot(a.x - b.x, a.y - b.y)
}

function middle(a: Point, b: Point): Point {
  return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2 }
}
