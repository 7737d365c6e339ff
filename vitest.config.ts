import { playwright } from '@vitest/browser-playwright'
import { defaultClientConditions, defaultServerConditions } from 'vite'
import { defineConfig } from 'vitest/config'
import { chromiumArgs, chromiumPath } from './tools/chromium.ts'

// Workspaces resolve to their source: no test but the end-to-end ones needs a build.
const source = '@taskflow/source'

export default defineConfig({
  test: {
    projects: [
      {
        ssr: { resolve: { conditions: [source, ...defaultServerConditions] } },
        test: {
          name: 'node',
          include: ['packages/*/src/**/*.test.ts', 'examples/*/src/**/*.test.ts'],
          exclude: ['packages/ui/src/**/*.browser.test.ts'],
          // Room for a busy machine: what hangs is still found.
          testTimeout: 30_000,
          typecheck: {
            enabled: true,
            tsconfig: 'tsconfig.test-d.json',
            include: ['packages/*/src/**/*.test-d.ts'],
          },
        },
      },
      {
        resolve: { conditions: [source, ...defaultClientConditions] },
        test: {
          name: 'ui',
          include: ['packages/ui/src/**/*.browser.test.ts'],
          browser: {
            enabled: true,
            headless: true,
            screenshotFailures: false,
            provider: playwright({
              launchOptions: { executablePath: await chromiumPath(), args: chromiumArgs },
            }),
            instances: [{ browser: 'chromium' }],
          },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['tests/**/*.test.ts'],
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
    ],
  },
})
