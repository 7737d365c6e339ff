import type * as elements from './index.ts'
import { defineAll } from './lib/define-all.ts'

defineAll()

declare global {
  interface HTMLElementTagNameMap {
    'taskflow-audit': elements.TaskflowAuditElement
    'taskflow-chart': elements.TaskflowChartElement
    'taskflow-copy': elements.TaskflowCopyElement
    'taskflow-dashboard': elements.TaskflowDashboardElement
    'taskflow-dead-letters': elements.TaskflowDeadLettersElement
    'taskflow-dialogs': elements.TaskflowDialogsElement
    'taskflow-duration': elements.TaskflowDurationElement
    'taskflow-error': elements.TaskflowErrorElement
    'taskflow-graph': elements.TaskflowGraphElement
    'taskflow-instances': elements.TaskflowInstancesElement
    'taskflow-json': elements.TaskflowJsonElement
    'taskflow-lifecycle': elements.TaskflowLifecycleElement
    'taskflow-live': elements.TaskflowLiveElement
    'taskflow-logs': elements.TaskflowLogsElement
    'taskflow-menu': elements.TaskflowMenuElement
    'taskflow-metrics': elements.TaskflowMetricsElement
    'taskflow-overview': elements.TaskflowOverviewElement
    'taskflow-provider': elements.TaskflowProviderElement
    'taskflow-query': elements.TaskflowQueryElement
    'taskflow-recent-logs': elements.TaskflowRecentLogsElement
    'taskflow-run': elements.TaskflowRunElement
    'taskflow-run-parts': elements.TaskflowRunPartsElement
    'taskflow-run-status': elements.TaskflowRunStatusElement
    'taskflow-runs': elements.TaskflowRunsElement
    'taskflow-schedules': elements.TaskflowSchedulesElement
    'taskflow-settings': elements.TaskflowSettingsElement
    'taskflow-sparkline': elements.TaskflowSparklineElement
    'taskflow-status': elements.TaskflowStatusElement
    'taskflow-task': elements.TaskflowTaskElement
    'taskflow-tasks': elements.TaskflowTasksElement
    'taskflow-time': elements.TaskflowTimeElement
    'taskflow-toasts': elements.TaskflowToastsElement
    'taskflow-waterfall': elements.TaskflowWaterfallElement
  }
}
