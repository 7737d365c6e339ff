/** Height of a line that does not wrap. */
export const LINE_PX = 18
/** Browsers clamp elements a little above this. */
const MOST_PX = 30_000_000
const OVERSCAN = 20

/** What of a long list is drawn, and where. */
export interface Slice {
  first: number
  /** The one after the last. */
  end: number
  /** Pixels from the top of the content. */
  offset: number
  /** Pixels of the whole content. */
  height: number
}

/**
 * The lines around a scroll position. Lists that are higher than a browser can draw are scrolled
 * through faster than by the pixel.
 */
export function sliceAt(total: number, scrollTop: number, viewport: number): Slice {
  const whole = total * LINE_PX
  const height = Math.min(whole, MOST_PX)
  const ratio = ratioOf(whole, height, viewport)
  const top = scrollTop * ratio
  const visible = Math.floor(top / LINE_PX)
  const first = Math.max(0, visible - OVERSCAN)
  const end = Math.min(total, visible + Math.ceil(viewport / LINE_PX) + OVERSCAN)
  return { first, end, offset: scrollTop - (top - first * LINE_PX), height }
}

/** The scroll position at the end. */
export function lastScrollTop(total: number, viewport: number): number {
  return Math.max(0, Math.min(total * LINE_PX, MOST_PX) - viewport)
}

/** Where to scroll so that a line stands in the middle. */
export function scrollTopFor(index: number, total: number, viewport: number): number {
  const whole = total * LINE_PX
  const height = Math.min(whole, MOST_PX)
  const top = index * LINE_PX - viewport / 2 + LINE_PX / 2
  return Math.max(0, top) / ratioOf(whole, height, viewport)
}

function ratioOf(whole: number, height: number, viewport: number): number {
  return whole > height ? (whole - viewport) / (height - viewport) : 1
}
