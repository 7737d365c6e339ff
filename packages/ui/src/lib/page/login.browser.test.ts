import { afterEach, expect, it } from 'vitest'
import { page } from 'vitest/browser'
import { loginPage } from './html.ts'
import { loginCss } from './login-css.ts'
import { pageCss } from './page-css.ts'

afterEach(() => {
  document.body.replaceChildren()
  document.adoptedStyleSheets = []
})

it('J5 shows the password while somebody wants to see it, and never sends it from a plain field', async () => {
  const file = { name: 'x', integrity: '' }
  const shared = { script: file, chunks: [], style: file, icon: file }
  const assets = { ...shared, login: { script: file, style: file } }
  const names = { base: '/tasks', title: 'Shop', theme: null }
  const input = { ...names, next: '/tasks/dashboard', message: 'No match', username: 'ada' }
  const { body } = new DOMParser().parseFromString(loginPage(input, assets), 'text/html')
  document.body.replaceChildren(...body.children)
  const sheet = new CSSStyleSheet()
  sheet.replaceSync(pageCss() + loginCss())
  document.adoptedStyleSheets = [sheet]
  const form = document.querySelector('form')
  const password = document.querySelector<HTMLInputElement>('#password')
  if (!form || !password) throw new Error('expected a form with a password')
  const sent: string[] = []
  form.addEventListener('submit', (event) => event.preventDefault())

  // Without its script, the page has one button.
  expect(form.querySelectorAll('button')).toHaveLength(1)
  await import('./login-script.ts')
  form.addEventListener('submit', () => sent.push(password.type))
  password.value = 'secret'
  await page.getByRole('button', { name: 'Show password' }).click()
  expect([password.type, password.value]).toEqual(['text', 'secret'])
  await page.getByRole('button', { name: 'Hide password' }).click()
  expect(password.type).toBe('password')

  await page.getByRole('button', { name: 'Show password' }).click()
  await page.getByRole('button', { name: 'Sign in' }).click()
  expect(sent).toEqual(['password'])
  expect(password.value).toBe('secret')
})
