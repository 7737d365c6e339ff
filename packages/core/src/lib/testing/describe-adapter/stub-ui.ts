import type { DashboardUi } from '../../../index.ts'

/** A dashboard of two lines, for handlers under test. */
export const stubUi: DashboardUi = {
  page: ({ title }) => `<!doctype html><title>${title}</title><taskflow-dashboard>`,
  loginPage: ({ title }) => `<!doctype html><title>${title}</title><form>`,
  asset: async () => null,
}
