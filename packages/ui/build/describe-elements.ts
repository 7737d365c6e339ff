import { writeFile } from 'node:fs/promises'
import { elementFiles } from './element-files.ts'

// Writes what is made from the doc comments of the elements; a test holds the files to it.
for (const { path, text } of elementFiles()) await writeFile(path, text)
