import type { DefaultTheme } from 'vitepress'
import { readPages } from '../build/pages.ts'

type Item = DefaultTheme.SidebarItem

const page = (text: string, link: string): Item => ({ text, link })
const part = (text: string, items: Item[], collapsed = false): Item => ({ text, items, collapsed })

/** The pages of a folder: in the order given, then those that nobody has put anywhere. */
function folder(name: string, items: Item[]): Item[] {
  const named = sidebarLinks(items)
  const others = readPages()
    .filter(({ path }) => path.startsWith(`docs/${name}/`))
    .map(({ path, text }) => page(titleOf(text), path.slice('docs'.length, -'.md'.length)))
    .filter(({ link = '' }) => !named.includes(link))
  return [...items, ...others]
}

const titleOf = (text: string) => /^# (.+)$/m.exec(text)?.[1] ?? 'Without a title'

/** The menu: every page once, in the order in which somebody would read them. */
export const sidebar: Item[] = [
  part(
    'Tutorials',
    folder('tutorials', [
      page('Your first task', '/tutorials/first-task'),
      page('The dashboard in ten minutes', '/tutorials/dashboard-in-ten-minutes'),
    ]),
  ),
  part(
    'How to',
    folder('how-to', [
      part('Serve it', [
        page('Express', '/how-to/express'),
        page('Hono', '/how-to/hono'),
        page('Koa', '/how-to/koa'),
        page('Any framework', '/how-to/any-framework'),
      ]),
      part('The dashboard', [
        page('Embed it', '/how-to/embed-the-dashboard'),
        page('Protect it', '/how-to/protect-the-dashboard'),
        page("Reuse the host's login", '/how-to/reuse-the-hosts-login'),
        page('Write an auth backend', '/how-to/write-an-auth-backend'),
      ]),
      part('Tasks', [
        page('Schedules', '/how-to/schedules'),
        page('Tasks that depend on others', '/how-to/flows'),
        page('Enqueue in your own transaction', '/how-to/enqueue-in-a-transaction'),
        page('CPU work', '/how-to/cpu-work'),
        page('Encrypt payloads', '/how-to/encrypt-payloads'),
        page('Test your tasks', '/how-to/test-your-tasks'),
      ]),
      part('Operate', [
        page('Deploy and shut down', '/how-to/deploy-and-shut-down'),
        page('Run several instances', '/how-to/run-several-instances'),
        page('Monitor', '/how-to/monitor'),
        page('Observe tasks', '/how-to/observe-tasks'),
      ]),
      part('Extend', [
        page('Write a storage', '/how-to/write-a-storage'),
        page('Write an executor', '/how-to/write-an-executor'),
        page('Write an observer', '/how-to/write-an-observer'),
      ]),
      part('Come from elsewhere', [
        page('BullMQ', '/how-to/migrate-from-bullmq'),
        page('pg-boss', '/how-to/migrate-from-pg-boss'),
        page('fastapi-taskflow', '/how-to/migrate-from-fastapi-taskflow'),
      ]),
    ]),
  ),
  part(
    'Reference',
    folder('reference', [
      page('Options', '/reference/options'),
      page('Storages', '/reference/storages'),
      page('HTTP API', '/reference/http'),
      page('HTTP routes', '/reference/http-routes'),
      page('Events', '/reference/events'),
      page('Errors', '/reference/errors'),
      page('Parameters of fastapi-taskflow and Asyncz', '/reference/parameters-elsewhere'),
    ]),
  ),
  part(
    'Explanation',
    folder('explanation', [
      page('What is promised', '/explanation/promises'),
      page('Leases and clocks', '/explanation/leases-and-clocks'),
      page('Why a fetch handler', '/explanation/fetch-handler'),
      page('Security model', '/explanation/security'),
      page('Performance', '/explanation/performance'),
    ]),
  ),
  page('Questions', '/faq'),
  part(
    'Decisions',
    folder('decisions', [
      page('Dependencies', '/decisions/dependencies'),
      page('Packages', '/decisions/packages'),
      page('Two tables', '/decisions/two-tables'),
      page('One lease per instance', '/decisions/leases'),
      page('No leader', '/decisions/no-leader'),
      page('SQL of our own', '/decisions/own-sql'),
      page('SQLite in a thread', '/decisions/sqlite-thread'),
      page('A claim travels with the insert', '/decisions/direct-start'),
      page('Beats look at everything', '/decisions/old-transactions'),
      page('Who ends an attempt whose time is up', '/decisions/time-limits'),
      page('Waiting times', '/decisions/waiting-times'),
      page('The HTTP API', '/decisions/http-api'),
      page('Sessions', '/decisions/sessions'),
      page('Encryption', '/decisions/encryption'),
      page('Streams', '/decisions/streams'),
      page('Lit, and no component library', '/decisions/lit'),
    ]),
    true,
  ),
  page('Coverage', '/coverage'),
]

/** What the build makes of the code; not in the repository. */
export const apiReference = page('API, from the code', '/reference/api/')

/** Where the menu leads, without what the build makes. */
export function sidebarLinks(items: readonly Item[] = sidebar): string[] {
  return items.flatMap(({ link, items: below = [] }) => [
    ...(link === undefined ? [] : [link]),
    ...sidebarLinks(below),
  ])
}
