import { html, type TemplateResult } from 'lit'
import { t } from '../../messages/messages.ts'
import type { PaneController } from './pane-controller.ts'

/** Where the detail stands: beside the list, over its end, or as a modal dialog. */
export function detailPane(options: {
  pane: PaneController
  close: () => void
  content: TemplateResult
}): TemplateResult {
  const { pane, close, content } = options
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
      ${content}
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
    ${content}
  </aside>`
}
