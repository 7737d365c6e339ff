import type { FunctionJson } from '@taskflow/core/client'
import { html, type TemplateResult } from 'lit'
import { visibleText } from '../format/visible-text.ts'
import { t } from '../messages/messages.ts'
import { emptyState } from './notices.ts'

/** Nothing has run yet: says what to write so that something does. */
export function emptyRuns(functions: readonly FunctionJson[]): TemplateResult {
  const known = functions.length
  const name = functions[0]?.func_name
  const call = `await tasks.enqueue(${identifier(name) ?? 'sendWelcomeEmail'}, { userId: 42 })`
  return emptyState({
    icon: 'inbox',
    title: t('No runs yet'),
    text: html`${known > 0 ? t('{count} task is registered.|{count} tasks are registered.', { count: known }) : ''}
    ${t('The first run shows up here by itself.')}`,
    more: html`<div class="snippet">
      <code class="mono">${visibleText(call)}</code>
      <taskflow-copy .value=${call} label=${t('Copy code')}></taskflow-copy>
    </div>`,
  })
}

/** `send_email` as people name its constant: `sendEmail`. Null when that makes no identifier. */
function identifier(name: string | undefined): string | null {
  const camel = name?.replace(/[^A-Za-z0-9]+(.)?/g, (_, char?: string) => char?.toUpperCase() ?? '')
  return camel && /^[A-Za-z][A-Za-z0-9]*$/.test(camel) ? camel : null
}
