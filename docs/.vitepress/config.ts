import { defineConfig } from 'vitepress'
import { slug } from '../build/slugs.ts'
import { extendMarkdown } from './markdown.ts'
import { apiReference, sidebar } from './sidebar.ts'

export default defineConfig({
  title: 'taskflow',
  description: 'Background tasks for Node web apps, inside the app’s own process.',
  lang: 'en',
  cleanUrls: true,
  metaChunk: true,
  ignoreDeadLinks: 'localhostLinks',
  markdown: { config: extendMarkdown, anchor: { slugify: slug } },
  themeConfig: {
    nav: [
      { text: 'Start', link: '/tutorials/first-task' },
      { text: 'Options', link: '/reference/options' },
      { text: 'Promises', link: '/explanation/promises' },
      { text: 'Questions', link: '/faq' },
    ],
    sidebar: sidebar.map((each) =>
      each.text === 'Reference' ? { ...each, items: [...(each.items ?? []), apiReference] } : each,
    ),
    outline: [2, 3],
    search: { provider: 'local' },
    footer: { message: 'MIT licence' },
  },
})
