import { tokenDeclarations } from '../styles/token-css.ts'

/** What the stand-alone page and the login page share; same tokens as the elements. */
export function pageCss(): string {
  return `
:root {
  ${tokenDeclarations()}
  color-scheme: var(--_scheme, light dark);
  background: var(--_page);
  color: var(--_text);
  font: 400 14px / 20px var(--_font-sans);
  -webkit-text-size-adjust: 100%;
}
:root[data-theme='light'], :root:has(taskflow-dashboard[theme='light']) { --_scheme: light; }
:root[data-theme='dark'], :root:has(taskflow-dashboard[theme='dark']) { --_scheme: dark; }
*, *::before, *::after { box-sizing: border-box; }
body { margin: 0; }
taskflow-dashboard { block-size: 100vh; block-size: 100dvh; }
taskflow-dashboard:not(:defined) { display: block; background: var(--_page); }
.note { max-inline-size: 480px; margin: 64px auto; padding: 0 24px; }
`
}
