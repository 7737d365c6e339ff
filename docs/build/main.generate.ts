// `npm run generate -w docs`: writes the parts of the reference that come from the code.
import { writeFileSync } from 'node:fs'
import { root } from './pages.ts'
import { generatedPages } from './reference/generate.ts'

for (const { path, text } of await generatedPages()) writeFileSync(`${root}/${path}`, text)
