import { html, nothing, type PropertyDeclarations, type PropertyValues, svg } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { statusLabel } from '../../format/phase.ts'
import { t } from '../../messages/messages.ts'
import { TaskflowNodeSelectEvent } from '../../part-events.ts'
import { icon, statusIcon } from '../../parts/icons.ts'
import { emptyState } from '../../parts/notices.ts'
import { contentState, staleNotice } from '../../parts/page-states.ts'
import { colourOf } from '../../parts/status.ts'
import type { DashboardStore } from '../../store/dashboard-store.ts'
import { Resource } from '../../store/resource.ts'
import { endAll } from '../end-all.ts'
import { PageElement } from '../pages/page-element.ts'
import { drawEdge, drawFrame } from './draw.ts'
import { Gestures } from './gestures.ts'
import { graphStyles } from './graph.styles.ts'
import { graphHead } from './head.ts'
import { type Layout, layOut, NODE_HEIGHT, NODE_WIDTH } from './layout.ts'
import { graphList } from './list.ts'
import { functionModel, type GraphModel, type GraphNode, ofGroup, taskModel } from './model.ts'
import { fitView, reveal, startView, type View, zoomView } from './view.ts'
import { stepTo } from './walk.ts'

const STEP = 1.25
/** Boxes that are drawn in one go: of more, the page would stand still. */
const BATCH = 60
/** More letters do not fit into a box. */
const TITLE = 24
const TEXT = 30

/**
 * Which task follows which, with what happens there now; or, for one run, what it waits for and
 * what waits for it. Drag moves; two fingers, Ctrl and wheel, or `+` and `-` zoom; `0` shows all;
 * arrows walk.
 *
 * @fires taskflow-node-select - a box was chosen; cancelable
 * @fires taskflow-navigate - a box was followed; cancelable
 * @slot node-info - below the graph, for what is to be said of a chosen box
 * @csspart plane - what is drawn on
 * @csspart node - one box
 * @csspart edge - one line
 * @csspart frame - what is drawn around the tasks of a group
 * @csspart controls - the buttons of the view
 */
export class TaskflowGraphElement extends PageElement {
  static override styles = [...PageElement.styles, graphStyles]
  static override properties: PropertyDeclarations = {
    group: { type: String },
    direction: { type: String },
    focusOn: { type: String, attribute: 'focus' },
    view: { state: true },
    active: { state: true },
  }
  protected readonly page = 'graph'
  /** Only the tasks of this group, and what they are tied to. [all] */
  declare group: string
  /** Where edges lead: `lr`, to the right, or `tb`, down. [`lr`] */
  declare direction: 'lr' | 'tb'
  /** Id of the box that is brought into view: a task's name, or a run's id. [none] */
  declare focusOn: string
  declare view: View | null
  /** The box that Tab leads to. */
  declare active: string

  #model: Resource<GraphModel> | undefined
  #end: (() => void) | undefined
  #asked: string | undefined
  #layout: Layout | undefined
  #shape = ''
  /** How many boxes are drawn so far. */
  #drawn = 0
  readonly #gestures = new Gestures({
    move: (dx, dy) => {
      if (this.view) this.view = { ...this.view, x: this.view.x + dx, y: this.view.y + dy }
    },
    zoom: (factor, at) => this.#zoom(factor, at),
  })

  constructor() {
    super()
    this.group = ''
    this.direction = 'lr'
    this.focusOn = ''
    this.view = null
    this.active = ''
  }

  protected override open(store: DashboardStore) {
    this.#read(store)
    return [() => this.#end?.()]
  }

  protected override updated(changed: PropertyValues<this>): void {
    const { store } = this
    if (changed.has('focusOn') && this.focusOn) this.#focused(this.focusOn)
    if (store && this.item !== this.#asked) this.#read(store)
    if (this.#drawn < Math.max(this.#layout?.nodes.size ?? 0, this.#layout?.edges.length ?? 0)) {
      this.#drawn += BATCH
      setTimeout(() => this.requestUpdate())
    }
    if (this.view || !this.#layout) return
    const box = this.#box()
    if (box.width === 0) return
    this.view = startView(this.#layout, this.#rect(this.#first), box)
    if (this.focusOn) this.#focused(this.focusOn)
  }

  #read(store: DashboardStore): void {
    this.#end?.()
    this.#asked = this.item
    const run = this.item
    const model = new Resource(store, async (signal) =>
      run
        ? taskModel(await store.client.taskGraph(run, { signal }))
        : functionModel(await store.client.graph({ signal })),
    )
    this.#model = model
    this.#shape = ''
    const ends = [model.subscribe(() => this.requestUpdate()), model.open()]
    this.#end = endAll(ends)
    this.requestUpdate()
  }

  protected override render() {
    const [store, resource] = [this.store, this.#model]
    if (!store || !resource) return nothing
    const model = resource.value && ofGroup(resource.value, this.group)
    if (model) this.#layOut(model)
    const view = this.param('view') || 'graph'
    const link = this.link.bind(this)
    return html`
      ${graphHead({
        model,
        runId: this.item,
        view,
        setView: (chosen) => this.setParams({ view: chosen === 'list' ? 'list' : '' }),
        link,
      })} ${staleNotice(resource, store.freshAt)}
      ${
        model && model.nodes.length > 0
          ? view === 'list'
            ? html`<div class="card" part="card">${graphList(model, { label: this.item ? t('Run') : t('Task'), link })}</div>`
            : this.#plane(model)
          : html`<div class="card" part="card">${contentState(resource, t('The graph')) ?? this.#empty()}</div>`
      }
      <slot name="node-info"></slot>
    `
  }

  #empty() {
    return emptyState({
      icon: 'inbox',
      title: t('Nothing to draw yet'),
      text: t('Tasks show up here once an instance that defines them has started.'),
    })
  }

  #plane(model: GraphModel) {
    const layout = this.#layout
    if (!layout) return nothing
    const { x, y, scale } = this.view ?? { x: 0, y: 0, scale: 1 }
    return html`<div class="plane" part="plane" @keydown=${this.#onKey}>
      <svg
        role="group"
        aria-label=${t('Dependencies; arrow keys walk along them, plus, minus and 0 zoom')}
        @wheel=${this.#onWheel}
        @pointerdown=${this.#gestures.down}
        @pointermove=${this.#gestures.move}
        @pointerup=${this.#gestures.up}
        @pointercancel=${this.#gestures.up}
      >
        <g transform="translate(${x} ${y}) scale(${scale})">
          <g aria-hidden="true">
            ${layout.frames.map(drawFrame)}
            ${model.edges.slice(0, this.#drawn).map((edge, i) => drawEdge(edge, layout.edges[i] ?? [], layout.direction))}
          </g>
          ${repeat(
            model.nodes.slice(0, this.#drawn),
            ({ id }) => id,
            (node) => this.#node(node, layout),
          )}
        </g>
      </svg>
      <div class="legend" aria-hidden="true">
        ${(['success', 'running', 'retrying', 'failed', 'blocked'] as const).map(
          (name) => html`<span class="status" data-status=${name}
            >${statusIcon(name, 'still')}<span>${name === 'success' ? t('Fine') : statusLabel(name)}</span></span
          >`,
        )}
      </div>
      <div class="zoom" part="controls" role="group" aria-label=${t('Zoom')}>
        ${this.#zoomButton(t('Zoom in (+)'), 'plus', () => this.#zoom(STEP))}
        ${this.#zoomButton(t('Zoom out (-)'), 'minus', () => this.#zoom(1 / STEP))}
        ${this.#zoomButton(t('Show all (0)'), 'expand', () => this.#fit())}
      </div>
    </div>`
  }

  #zoomButton(label: string, mark: 'plus' | 'minus' | 'expand', run: () => void) {
    return html`<button class="button plain icon-only" type="button" aria-label=${label} title=${label} @click=${run}>
      ${icon(mark)}
    </button>`
  }

  #node(node: GraphNode, layout: Layout) {
    const at = layout.nodes.get(node.id)
    if (!at) return nothing
    const { href, click } = this.to(node.route)
    const total = node.shares.reduce((sum, { count }) => sum + count, 0)
    let x = 12
    return svg`<a
      class="node"
      part="node"
      href=${href}
      data-node=${node.id}
      data-status=${colourOf(node.status)}
      tabindex=${node.id === this.#first ? 0 : -1}
      aria-label="${node.title}, ${node.text}"
      transform="translate(${at.x} ${at.y})"
      @click=${(event: MouseEvent) => {
        const chosen =
          !this.#gestures.moved && this.dispatchEvent(new TaskflowNodeSelectEvent(node.id))
        if (chosen) click(event)
        else event.preventDefault()
      }}
      @focus=${() => this.#focused(node.id)}
      @dragstart=${(event: Event) => event.preventDefault()}
    >
      <rect class="ring" x="-3" y="-3" width=${NODE_WIDTH + 6} height=${NODE_HEIGHT + 6} rx="11" />
      <rect class="box" width=${NODE_WIDTH} height=${NODE_HEIGHT} rx="8" />
      <svg x="12" y="11" width="16" height="16" class="mark">${statusIcon(node.status)}</svg>
      <text x="36" y="24">${cut(node.title, TITLE)}</text>
      <text class="text" x="36" y="42">${cut(node.text, TEXT)}</text>
      <g aria-hidden="true">${node.shares
        .filter(({ count }) => count > 0)
        .map(({ status, count }) => {
          const width = Math.max(2, (count / total) * (NODE_WIDTH - 24))
          const from = x
          x += width
          return svg`<rect data-status=${colourOf(status)} fill="var(--_solid)" x=${from} y="54" width=${Math.min(width, Math.max(0, NODE_WIDTH - 12 - from))} height="4" rx="1" />`
        })}</g>
    </a>`
  }

  /** Only when nodes or edges came or went: a new status moves nothing. */
  #layOut({ nodes, edges }: GraphModel): void {
    const input = {
      ids: nodes.map(({ id }) => id),
      edges: edges.map(({ from, to }) => ({ from, to })),
      direction: this.direction === 'tb' ? ('tb' as const) : ('lr' as const),
    }
    const groups = new Map(nodes.map(({ id, group }) => [id, group]))
    const shape = JSON.stringify([input, [...groups]])
    if (shape === this.#shape) return
    this.#shape = shape
    this.#layout = layOut({ ...input, groups })
    this.#drawn = BATCH
    this.view = null
  }

  #focused(id: string): void {
    this.active = id
    const rect = this.#rect(id)
    if (rect && this.view) this.view = reveal(this.view, rect, this.#box())
  }

  /** The box to begin with: for Tab, and for people where not all can be seen. */
  get #first(): string {
    return this.active || this.item || (this.#layout?.nodes.keys().next().value ?? '')
  }

  #rect(id: string) {
    const at = this.#layout?.nodes.get(id)
    return at && { ...at, width: NODE_WIDTH, height: NODE_HEIGHT }
  }

  #onKey = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return
    const { key } = event
    if (key === '+' || key === '=') this.#zoom(STEP)
    else if (key === '-') this.#zoom(1 / STEP)
    else if (key === '0') this.#fit()
    else if (!this.#walk(key)) return
    event.preventDefault()
    event.stopPropagation()
  }

  /** Forwards and back follow edges, the other two the boxes of a layer. */
  #walk(key: string): boolean {
    const whole = this.#model?.value
    const [layout, model] = [this.#layout, whole && ofGroup(whole, this.group)]
    if (!key.startsWith('Arrow') || !layout || !model) return false
    const id = stepTo(key, this.active, layout, model.edges)
    const found = [...this.renderRoot.querySelectorAll<SVGElement>('[data-node]')].find(
      (node) => node.dataset.node === id,
    )
    found?.focus({ preventScroll: true })
    return true
  }

  #onWheel = (event: WheelEvent) => {
    // Without a key the page scrolls.
    if (!event.ctrlKey && !event.metaKey) return
    event.preventDefault()
    const box = (event.currentTarget as Element).getBoundingClientRect()
    this.#zoom(Math.exp(-event.deltaY / 300), {
      x: event.clientX - box.left,
      y: event.clientY - box.top,
    })
  }

  #zoom(factor: number, at?: { x: number; y: number }): void {
    const { width, height } = this.#box()
    if (this.view) this.view = zoomView(this.view, factor, at ?? { x: width / 2, y: height / 2 })
  }

  #fit(): void {
    if (this.#layout) this.view = fitView(this.#layout, this.#box())
  }

  #box(): { width: number; height: number } {
    const plane = this.renderRoot.querySelector('.plane')
    return { width: plane?.clientWidth ?? 0, height: plane?.clientHeight ?? 0 }
  }
}

function cut(text: string, most: number): string {
  const letters = [...text]
  return letters.length > most ? `${letters.slice(0, most - 1).join('')}…` : text
}
