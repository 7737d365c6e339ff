import { defineTask } from '@taskflow/core'
import { type } from 'arktype'
import * as v from 'valibot'
import { z } from 'zod'

// Any library that speaks Standard Schema fits `schema`. It checks and transforms at `enqueue`, and
// `run` gets what it made of the payload, with its types.

/** Zod. */
export const sendEmail = defineTask({
  name: 'send_email',
  schema: z.object({ to: z.email(), subject: z.string().default('Hello') }),
  run: ({ to, subject }) => `${subject} to ${to}`,
})

/** Valibot. */
export const chargeCard = defineTask({
  name: 'charge_card',
  schema: v.object({
    amount: v.pipe(v.number(), v.minValue(1)),
    currency: v.picklist(['EUR', 'USD']),
  }),
  run: ({ amount, currency }) => `${amount.toFixed(2)} ${currency}`,
})

/** ArkType. */
export const makeReport = defineTask({
  name: 'make_report',
  schema: type({ month: '/^\\d{4}-\\d{2}$/', 'pages?': 'number.integer > 0' }),
  run: ({ month, pages = 1 }) => `${month}: ${pages} pages`,
})
