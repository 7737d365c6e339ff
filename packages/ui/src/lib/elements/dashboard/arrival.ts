import type { Route } from '../../url/route.ts'

/** Notices when somebody came to another page: reading goes on there, from its top. */
export class Arrival {
  /** What was shown last. */
  #place: string | undefined

  /** Called after each update with the place that is shown now. */
  shown(route: Route | null, root: ParentNode): void {
    const place = route ? `${route.page} ${route.full ? route.runId : (route.item ?? '')}` : ''
    if (this.#place === place) return
    if (this.#place !== undefined) {
      const main = root.querySelector('main')
      main?.querySelector('.page')?.scrollTo(0, 0)
      main?.focus({ preventScroll: true })
    }
    const tab = root.querySelector('nav .tab[aria-current]')
    tab?.scrollIntoView({ block: 'nearest', inline: 'nearest' })
    this.#place = place
  }
}
