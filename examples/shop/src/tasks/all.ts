import type { Task } from '@taskflow/core'
import { generateInvoice, reserveStock } from './billing.ts'
import { flakyWebhook, syncInventory } from './integrations.ts'
import { sendOrderConfirmation, sendWelcomeEmail } from './mail.ts'
import { renderThumbnail, resizeImage } from './media.ts'
import { exportOrders, nightlyReport, printCatalogue } from './reports.ts'

/** Every task of the shop, for its manager, and for its threads and processes: its `tasksFile`. */
export const shopTasks: readonly Task[] = [
  sendWelcomeEmail,
  sendOrderConfirmation,
  generateInvoice,
  reserveStock,
  resizeImage,
  renderThumbnail,
  nightlyReport,
  exportOrders,
  printCatalogue,
  flakyWebhook,
  syncInventory,
]
