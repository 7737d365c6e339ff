import type { Route } from '../../url/route.ts'

/** Notices when somebody came to another page: reading goes on there, from its top. */
export class Arrival {
  /** What was shown last. */
  #place: string | undefined
  #counts = 0

  /** Called after each update with the place that is shown now. */
  shown(route: Route | null, root: ParentNode): void {
    const counts = root.querySelectorAll('.tab .count').length
    const place = `${route?.page} ${route?.full ? route.runId : route?.item}`
    const moved = this.#place !== place
    // Tabs that got their counts are wider: the current one may have left the bar.
    if (!moved && this.#counts >= counts) return
    if (moved && this.#place !== undefined) {
      const main = root.querySelector('main')
      main?.querySelector('.page')?.scrollTo(0, 0)
      main?.focus({ preventScroll: true })
    }
    const bar = root.querySelector('nav')
    const tab = bar?.querySelector<HTMLElement>('.tab[aria-current]')
    // `scrollIntoView` would also move the place that the next Tab key starts from.
    if (tab) bar?.scrollTo(tab.offsetLeft - 140, 0)
    this.#place = place
    this.#counts = counts
  }
}
