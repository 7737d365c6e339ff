import type { Right, ScheduleJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { visibleText } from '../../format/visible-text.ts'
import { t } from '../../messages/messages.ts'
import { type IconName, icon } from '../../parts/icons.ts'
import type { ScheduleAction } from './schedule-actions.ts'

/** What can be done to one schedule; small in a table, with words elsewhere. */
export function scheduleButtons(options: {
  schedule: ScheduleJson
  small: boolean
  may: (right: Right) => boolean
  isBusy: (action: ScheduleAction) => boolean
  act: (action: ScheduleAction) => void
}): TemplateResult | typeof nothing {
  const { schedule, small, may, isBusy, act } = options
  // One that has not been stored yet has nothing to act on.
  if (schedule.state === 'pending') return nothing
  const button = (action: ScheduleAction, label: string, mark: IconName) => {
    const bare = small && action !== 'run'
    return html`<button
      class="button ${bare ? 'plain icon-only' : ''} ${small && action === 'remove' ? 'p1' : ''}"
      type="button"
      aria-label="${label} ${visibleText(schedule.name)}"
      title=${label}
      ?disabled=${isBusy(action)}
      @click=${() => act(action)}
    >
      ${icon(mark)}${bare ? nothing : html`<span class="word">${label}</span>`}
    </button>`
  }
  const pause = () =>
    schedule.state === 'paused'
      ? button('resume', t('Resume'), 'play')
      : button('pause', t('Pause'), 'pause')
  return html`${may('run') ? button('run', t('Run now'), 'skip') : nothing}
  ${may('pause') ? pause() : nothing}
  ${may('delete') ? button('remove', t('Remove'), 'trash') : nothing}`
}
