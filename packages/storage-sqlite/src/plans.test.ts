import Database from 'better-sqlite3'
import { expect, it, onTestFinished } from 'vitest'
import { createFixture } from './lib/testing.ts'
import { MOVE } from './lib/verbs/settle-plain.ts'

it('tasks that end are found by their number, also on a file that was analysed while none ran', async () => {
  const fixture = await createFixture()
  onTestFinished(() => fixture.dispose())
  await fixture.storage.open()
  const writer = new Database(fixture.file)
  writer.exec(`analyze; delete from sqlite_stat1;
    insert into sqlite_stat1 values ('taskflow_live', 'taskflow_live_running', '0 0 0 0'),
      ('taskflow_live', 'taskflow_live_ready', '0 0 0 0 0'), ('taskflow_ids', 'taskflow_ids', '20000 1')`)
  writer.close()
  const analysed = new Database(fixture.file)
  const text = MOVE.replace(/\{(\w+)\}/g, 'taskflow_$1')
  const plan = analysed
    .prepare(`explain query plan ${text}`)
    .all({ now: 0, settlements: '[]', owner: 1 }) as { detail: string }[]
  analysed.close()
  const details = plan.map(({ detail }) => detail)
  expect(details).toContain('SEARCH live USING INTEGER PRIMARY KEY (rowid=?)')
})
