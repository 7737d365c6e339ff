import type { DashboardStore } from '../../store/dashboard-store.ts'
import type { PageName, Route } from '../../url/route.ts'
import { codeFor, dialogsOf } from '../overlays.ts'
import type { TranslatedElement } from '../translated-element.ts'
import type { PageKey } from './page-keys.ts'

/** What the palette does besides leading to pages. */
export interface PaletteActions {
  store: () => DashboardStore | undefined
  pages: () => readonly PageKey[]
  offers: (page: PageName) => boolean
  go: (route: Route) => void
  togglePause: () => void
  toggleTheme: () => void
}

/** The palette of a dashboard, and its list of keys. */
export class DashboardDialogs {
  readonly #host: TranslatedElement
  readonly #actions: PaletteActions

  constructor(host: TranslatedElement, actions: PaletteActions) {
    this.#host = host
    this.#actions = actions
  }

  openPalette = async (): Promise<void> => {
    const store = this.#actions.store()
    const dialogs = store && (await dialogsOf(this.#host))
    const extras = dialogs && (await codeFor(this.#host, import('../../pages/extras.ts')))
    if (!extras) return
    const { pages } = this.#actions
    await dialogs.palette(
      extras.paletteInput({ ...this.#actions, store, pages: pages(), help: this.help }),
    )
  }

  help = async (): Promise<void> => {
    await (await dialogsOf(this.#host))?.shortcuts()
  }
}
