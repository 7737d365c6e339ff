import type { OverviewJson } from '@taskflow/core/client'
import { t } from '../messages/messages.ts'

/** Whether due times are looked after. */
export function schedulerText({ scheduler }: Pick<OverviewJson, 'scheduler'>): string {
  return scheduler === 'running' ? t('Scheduler running') : t('Scheduler stopped')
}
