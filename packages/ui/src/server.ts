export { dashboardUi } from './lib/server/dashboard-ui.ts'
