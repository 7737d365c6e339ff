import type { TaskJson } from '@taskflow/core/client'
import { html, nothing, type TemplateResult } from 'lit'
import { repeat } from 'lit/directives/repeat.js'
import { formatDuration } from '../format/duration.ts'
import { shortId } from '../format/number.ts'
import { attemptsText } from '../format/phase.ts'
import { formatAbsolute, formatRelative } from '../format/time.ts'
import { excerpt, visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import { type Route, runRoute } from '../url/route.ts'
import { orMissing, sourceBadge, statusText } from './status.ts'

/** Runs as a plain table: each leads to itself. */
export function runTable(options: {
  tasks: readonly TaskJson[]
  now: number
  link: (route: Route, content: unknown, classes?: string) => TemplateResult
  /** With the name of the task. [false] */
  named?: boolean
  /** Without the status, where all have the same. [false] */
  alike?: boolean
}): TemplateResult {
  const { tasks, now, link, named = false, alike = false } = options
  return html`<table>
    <thead>
      <tr>
        ${alike ? nothing : html`<th scope="col" class="fit">${t('Status')}</th>`}
        <th scope="col" class="fit">${t('Run')}</th>
        ${named ? html`<th scope="col">${t('Task')}</th>` : nothing}
        <th scope="col" class="p2">${t('Error')}</th>
        <th scope="col" class="num p1">${t('Attempt')}</th>
        <th scope="col" class="num p1">${t('Duration')}</th>
        <th scope="col" class="num">${t('Created')}</th>
      </tr>
    </thead>
    <tbody>
      ${repeat(
        tasks,
        ({ task_id }) => task_id,
        (task) => {
          const created = Date.parse(task.created_at)
          return html`<tr class="row">
            ${alike ? nothing : html`<td class="fit">${statusText(task.phase)}</td>`}
            <td class="fit">
              ${link(runRoute(task.task_id), shortId(task.task_id), 'mono')} ${sourceBadge(task)}
            </td>
            ${named ? html`<td>${visibleText(task.func_name)}</td>` : nothing}
            <td class="p2 muted clip">${task.error ? excerpt(task.error, 120) : nothing}</td>
            <td class="num p1">${orMissing(attemptsText(task))}</td>
            <td class="num p1">${orMissing(formatDuration(task.duration))}</td>
            <td class="num muted"><time title=${formatAbsolute(created)}>${formatRelative(created, now)}</time></td>
          </tr>`
        },
      )}
    </tbody>
  </table>`
}
