import { fail, readCommandLine } from '../../examples/shop/src/command-line.ts'
import { main } from '../../examples/shop/src/main.ts'
import { devUi } from './dev-ui.ts'

// What `tools/dev.mjs` runs, and runs again after a change, with the folder of the dashboard's files.
const [folder = ''] = process.argv.splice(2, 1)
await main(readCommandLine(), { ui: devUi(folder) }).catch(fail)
