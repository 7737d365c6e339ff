import { html, type TemplateResult } from 'lit'
import type { TaskflowNavigateEvent } from '../../events.ts'
import { t } from '../../messages/messages.ts'
import type { TaskflowRunElement } from '../run.ts'
import type { PaneController } from './pane-controller.ts'

/** The open run, and whom the pane tells what is done in it. */
interface DetailOptions {
  run: Pick<TaskflowRunElement, 'base' | 'credentials' | 'linkFor' | 'runId' | 'tab' | 'readonly'>
  pane: PaneController
  close: () => void
  /** Shows another tab; empty for the first. */
  showTab: (tab: string) => void
  navigate: (event: TaskflowNavigateEvent) => void
}

/** Where the detail stands: beside the list, over its end, or as a modal dialog. */
export function detailPane(options: DetailOptions): TemplateResult {
  const { pane, close } = options
  if (pane.mode === 'modal') {
    return html`<dialog
      class="sheet"
      part="drawer"
      aria-label=${t('Run')}
      @cancel=${(event: Event) => {
        event.preventDefault()
        close()
      }}
    >
      ${openRun(options)}
    </dialog>`
  }
  return html`<aside class="pane" part="drawer" aria-label=${t('Run')}>
    <div
      class="divider"
      role="separator"
      aria-orientation="vertical"
      aria-label=${t('Width of the detail')}
      aria-valuemin="320"
      aria-valuemax="900"
      aria-valuenow=${pane.width}
      tabindex="0"
      title=${t('Drag to resize, double-click to reset')}
      @pointerdown=${pane.onPointerDown}
      @keydown=${pane.onKeyDown}
      @dblclick=${pane.reset}
    ></div>
    ${openRun(options)}
  </aside>`
}

function openRun({ run, close, showTab, navigate }: DetailOptions): TemplateResult {
  return html`<taskflow-run
    .base=${run.base}
    .credentials=${run.credentials}
    .linkFor=${run.linkFor}
    .runId=${run.runId}
    .tab=${run.tab || 'overview'}
    .readonly=${run.readonly}
    closable
    @taskflow-close=${(event: Event) => {
      event.stopPropagation()
      close()
    }}
    @taskflow-tab=${(event: CustomEvent<{ tab: string }>) => {
      event.stopPropagation()
      showTab(event.detail.tab === 'overview' ? '' : event.detail.tab)
    }}
    @taskflow-navigate=${navigate}
    ><slot name="run-detail-end" slot="tab-end"></slot
  ></taskflow-run>`
}
