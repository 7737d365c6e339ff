import { html, nothing, type TemplateResult } from 'lit'
import { formatTotal } from '../../format/number.ts'
import { t } from '../../messages/messages.ts'
import { icon } from '../../parts/icons.ts'
import type { RunList } from '../../store/run-list.ts'
import type { BulkAction, Selection } from './selection.ts'

/** What can be done to the ticked runs; nothing while none is. */
export function bulkBar(options: {
  selection: Selection
  list: RunList
  /** Something is being asked or done. */
  busy: boolean
  may: (action: BulkAction) => boolean
  act: (action: BulkAction) => void
  copy: (button: HTMLElement) => void
}): TemplateResult | typeof nothing {
  const { selection, list, busy, may, act, copy } = options
  const all = selection.allMatching
  if (selection.isEmpty) return nothing
  const total = formatTotal(list.total, list.totalExact)
  const more = !all && (list.total > list.rows.length || !list.totalExact)
  const [retry, cancel] = [selection.idsFor('retry').length, selection.idsFor('cancel').length]
  return html`<div class="bulk" part="bulk" role="toolbar" aria-label=${t('Selected runs')}>
    <span class="chosen" role="status"
      >${all ? t('All {total} that match', { total }) : t('{count} selected', { count: selection.size })}</span
    >
    ${
      more
        ? html`<button class="link" type="button" data-all @click=${() => selection.selectMatching()}>
            ${t('Select all {total} that match', { total })}
          </button>`
        : nothing
    }
    <span class="line" aria-hidden="true"></span>
    ${
      may('retry') && (all || retry > 0)
        ? html`<button
            class="button primary"
            type="button"
            data-bulk="retry"
            ?disabled=${busy}
            @click=${() => act('retry')}
          >
            ${icon('cycle')} ${all ? t('Retry…') : t('Retry {count} run|Retry {count} runs', { count: retry })}
          </button>`
        : nothing
    }
    ${
      may('cancel') && (all || cancel > 0)
        ? html`<button
            class="button"
            type="button"
            data-bulk="cancel"
            ?disabled=${busy}
            @click=${() => act('cancel')}
          >
            ${icon('slashed')} ${all ? t('Cancel…') : t('Cancel {count} run|Cancel {count} runs', { count: cancel })}
          </button>`
        : nothing
    }
    ${
      all
        ? nothing
        : html`<button
            class="button"
            type="button"
            data-bulk="copy"
            @click=${(event: Event) => copy(event.currentTarget as HTMLElement)}
          >
            ${icon('copy')} <span class="word">${t('Copy ids')}</span>
          </button>`
    }
    <slot name="bulk-actions"></slot>
    <button class="button plain" type="button" data-bulk="clear" @click=${() => selection.clear()}>
      ${t('Clear')} <kbd class="kbd" aria-hidden="true">Esc</kbd>
    </button>
  </div>`
}
