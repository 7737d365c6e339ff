import type { LitElement, ReactiveController } from 'lit'

/** How the detail of a run is shown, by the width of the element. */
export type DetailMode = 'split' | 'overlay' | 'modal'

const SPLIT_FROM = 1400
const OVERLAY_FROM = 1100
const MIN = 320
const MAX = 900
const INITIAL = 560

/** Width of the element and of the detail pane inside it, which can be dragged. */
export class PaneController implements ReactiveController {
  mode: DetailMode = 'split'
  width = INITIAL

  readonly #host: LitElement
  readonly #remember: (width: number) => void
  #observer: ResizeObserver | undefined

  constructor(host: LitElement, remember: (width: number) => void) {
    this.#host = host
    this.#remember = remember
    host.addController(this)
  }

  hostConnected(): void {
    this.#observer = new ResizeObserver(([entry]) => this.#measure(entry?.contentRect.width ?? 0))
    this.#observer.observe(this.#host)
    this.#measure(this.#host.getBoundingClientRect().width)
  }

  hostDisconnected(): void {
    this.#observer?.disconnect()
  }

  /** Takes a remembered width over. */
  restore(width: number | undefined): void {
    if (width !== undefined) this.#set(width)
  }

  /** Attributes of the divider, a focusable separator. */
  readonly onPointerDown = (event: PointerEvent): void => {
    if (event.button !== 0) return
    const divider = event.currentTarget as HTMLElement
    divider.setPointerCapture(event.pointerId)
    const start = event.clientX
    const startWidth = this.width
    const sign = getComputedStyle(this.#host).direction === 'rtl' ? -1 : 1
    const move = (moved: PointerEvent) => this.#set(startWidth + sign * (start - moved.clientX))
    divider.addEventListener('pointermove', move)
    divider.addEventListener(
      'lostpointercapture',
      () => {
        divider.removeEventListener('pointermove', move)
        this.#remember(this.width)
      },
      { once: true },
    )
    event.preventDefault()
  }

  readonly onKeyDown = (event: KeyboardEvent): void => {
    const step = { ArrowLeft: 16, ArrowRight: -16 }[event.key]
    if (step === undefined) return
    event.preventDefault()
    this.#set(this.width + step)
    this.#remember(this.width)
  }

  readonly reset = (): void => {
    this.#set(INITIAL)
    this.#remember(this.width)
  }

  #set(width: number): void {
    const room = this.#host.getBoundingClientRect().width
    const most = room > 0 ? Math.max(MIN, Math.min(MAX, room - 480)) : MAX
    this.width = Math.round(Math.min(most, Math.max(MIN, width)))
    // By the CSSOM: a style attribute would not pass a Content-Security-Policy.
    this.#host.style.setProperty('--_pane-width', `${this.width}px`)
    this.#host.requestUpdate()
  }

  #measure(width: number): void {
    if (width === 0) return
    const mode = width >= SPLIT_FROM ? 'split' : width >= OVERLAY_FROM ? 'overlay' : 'modal'
    if (mode === this.mode) return
    this.mode = mode
    this.#host.requestUpdate()
  }
}
