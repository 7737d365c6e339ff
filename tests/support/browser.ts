import { type Browser, type BrowserContextOptions, chromium, type Page } from 'playwright-core'
import { chromiumArgs, chromiumPath } from '../../tools/chromium.ts'

/** A page, what went wrong in it, and how often it was loaded. */
export interface Visit {
  page: Page
  /** Errors of scripts and of the console, violations of the page's policy among them. */
  wrong: string[]
  loads(): number
}

export async function launchBrowser(): Promise<Browser> {
  return chromium.launch({ executablePath: await chromiumPath(), args: chromiumArgs })
}

/** Opens a page in a session of its own. */
export async function visit(
  browser: Browser,
  url: string,
  options: BrowserContextOptions = {},
): Promise<Visit> {
  const context = await browser.newContext(options)
  const page = await context.newPage()
  page.setDefaultTimeout(20_000)
  const wrong: string[] = []
  let loads = 0
  page.on('load', () => loads++)
  page.on('pageerror', (error) => wrong.push(error.message))
  page.on('console', (message) => {
    if (message.type() === 'error') wrong.push(message.text())
  })
  await page.goto(url)
  return { page, wrong, loads: () => loads }
}
