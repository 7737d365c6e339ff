/** The pages that are fetched when somebody goes there: one file for all, and one for the graph. */
const all = () => import('./pages.ts')

export const pages = {
  'taskflow-audit': async () => (await all()).TaskflowAuditElement,
  'taskflow-dead-letters': async () => (await all()).TaskflowDeadLettersElement,
  'taskflow-instances': async () => (await all()).TaskflowInstancesElement,
  'taskflow-recent-logs': async () => (await all()).TaskflowRecentLogsElement,
  'taskflow-settings': async () => (await all()).TaskflowSettingsElement,
  'taskflow-chart': async () => (await all()).TaskflowChartElement,
  'taskflow-schedules': async () => (await all()).TaskflowSchedulesElement,
  'taskflow-graph': async () => (await import('../../pages/graph-page.ts')).TaskflowGraphElement,
  'taskflow-task': async () => (await all()).TaskflowTaskElement,
  'taskflow-tasks': async () => (await all()).TaskflowTasksElement,
}
