import { TaskflowChartElement } from '../chart/chart.ts'
import { TaskflowAuditElement } from './audit.ts'
import { TaskflowDeadLettersElement } from './dead-letters.ts'
import { TaskflowInstancesElement } from './instances.ts'
import { TaskflowRecentLogsElement } from './recent-logs.ts'
import { TaskflowSchedulesElement } from './schedules.ts'
import { TaskflowSettingsElement } from './settings.ts'
import { TaskflowTaskElement } from './task.ts'
import { TaskflowTasksElement } from './tasks.ts'

export { shared } from '../../pages/shared.ts'

/** By the names they are registered under: first what the others draw with. */
export const elements = {
  'taskflow-chart': TaskflowChartElement,
  'taskflow-audit': TaskflowAuditElement,
  'taskflow-dead-letters': TaskflowDeadLettersElement,
  'taskflow-instances': TaskflowInstancesElement,
  'taskflow-recent-logs': TaskflowRecentLogsElement,
  'taskflow-schedules': TaskflowSchedulesElement,
  'taskflow-settings': TaskflowSettingsElement,
  'taskflow-task': TaskflowTaskElement,
  'taskflow-tasks': TaskflowTasksElement,
}
