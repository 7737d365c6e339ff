// `npm run typecheck`: the code on pages compiles, as an app's would.
import { checkCode } from './check-code.ts'
import { readPages } from './pages.ts'

const problems = checkCode(readPages())
for (const problem of problems) process.stderr.write(`${problem}\n`)
process.exitCode = problems.length > 0 ? 1 : 0
