import type { Task } from '@taskflow/core'
import { generateInvoice, reserveStock } from './billing.ts'
import { flakyWebhook, syncInventory } from './integrations.ts'
import { sendOrderConfirmation, sendWelcomeEmail } from './mail.ts'
import { resizeImage } from './media.ts'
import { exportOrders, nightlyReport } from './reports.ts'

/** Every task of the shop, for its manager. */
export const shopTasks: readonly Task[] = [
  sendWelcomeEmail,
  sendOrderConfirmation,
  generateInvoice,
  reserveStock,
  resizeImage,
  nightlyReport,
  exportOrders,
  flakyWebhook,
  syncInventory,
]
