import type { Route } from '../route.ts'
import { auditRoutes } from './audit-routes.ts'
import { authRoutes } from './auth-routes.ts'
import { bulkRoutes } from './bulk-routes.ts'
import { dashboardRoutes } from './dashboard-routes.ts'
import { exportRoutes } from './export-routes.ts'
import { functionRoutes } from './function-routes.ts'
import { graphRoutes } from './graph-routes.ts'
import { historyRoutes } from './history-routes.ts'
import { listRoutes } from './list-routes.ts'
import { logRoutes } from './log-routes.ts'
import { metricsRoutes } from './metrics-routes.ts'
import { openApiRoutes } from './openapi-routes.ts'
import { overviewRoutes } from './overview-routes.ts'
import { scheduleRoutes } from './schedule-routes.ts'
import { taskRoutes } from './task-routes.ts'

/** Every route there is: handler, OpenAPI document and the tests of the client go by it. */
export const routes: readonly Route[] = [
  ...listRoutes,
  ...taskRoutes,
  ...logRoutes,
  ...graphRoutes,
  ...bulkRoutes,
  ...historyRoutes,
  ...exportRoutes,
  ...metricsRoutes,
  ...functionRoutes,
  ...scheduleRoutes,
  ...overviewRoutes,
  ...auditRoutes,
  ...dashboardRoutes,
  ...authRoutes,
  ...openApiRoutes,
]
