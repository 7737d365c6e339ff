/*
 * The script of the login page: it adds a button that shows the password. It is built as an asset of
 * its own; without it, the form does all the same.
 */
const form = document.querySelector('form')
const password = document.querySelector<HTMLInputElement>('#password')
const submit = form?.querySelector('[type="submit"]')
const button = document.createElement('button')
button.type = 'button'
button.className = 'show'

function show(shown: boolean): void {
  if (password) password.type = shown ? 'text' : 'password'
  button.textContent = shown ? 'Hide password' : 'Show password'
}

button.addEventListener('click', () => show(password?.type === 'password'))
// Browsers keep what stands in plain fields to suggest it later.
form?.addEventListener('submit', () => show(false))
show(false)
submit?.before(button)
