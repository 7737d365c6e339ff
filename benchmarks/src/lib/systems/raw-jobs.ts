import Database from 'better-sqlite3'

export interface RawJob {
  id: number
  payload: string
}

/** The table of a raw queue and its statements. */
export class RawJobs {
  readonly #db: Database.Database
  readonly #claim: Database.Statement<[number], RawJob>
  readonly insertAll: (texts: string[]) => void
  readonly settleAll: (jobs: RawJob[]) => void

  constructor(file: string, synchronous: 'FULL' | 'NORMAL') {
    const db = new Database(file)
    this.#db = db
    db.pragma('journal_mode = WAL')
    db.pragma(`synchronous = ${synchronous}`)
    db.exec(`
      create table if not exists jobs (id integer primary key, state integer not null, payload text not null);
      create index if not exists ready on jobs (id) where state = 0;
    `)
    const insert = db.prepare<[string]>('insert into jobs (state, payload) values (0, ?)')
    const settle = db.prepare<[number]>('update jobs set state = 2 where id = ?')
    this.#claim = db.prepare(
      `update jobs set state = 1 where id in (select id from jobs where state = 0 order by id limit ?)
       returning id, payload`,
    )
    this.insertAll = db.transaction((texts: string[]) => {
      for (const text of texts) insert.run(text)
    })
    this.settleAll = db.transaction((jobs: RawJob[]) => {
      for (const job of jobs) settle.run(job.id)
    })
  }

  claim(limit: number): RawJob[] {
    return this.#claim.all(limit)
  }

  unfinished(): number {
    return this.#db.prepare('select count(*) from jobs where state < 2').pluck().get() as number
  }

  fillHistory(count: number): void {
    this.#db
      .prepare(
        `insert into jobs (state, payload)
         with recursive n (i) as (select 1 union all select i + 1 from n where i < ?)
         select 2, '{"n":1,"at":0}' from n`,
      )
      .run(count)
    this.#db.exec('analyze')
  }

  close(): void {
    this.#db.close()
  }
}
