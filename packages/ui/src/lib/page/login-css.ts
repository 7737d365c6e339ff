/** What the login page has besides `pageCss`. */
export function loginCss(): string {
  return `
.login {
  display: flex;
  flex-direction: column;
  align-items: center;
  justify-content: center;
  min-block-size: 100vh;
  min-block-size: 100dvh;
  padding: 24px 16px;
}
.login .mark { inline-size: 36px; block-size: 36px; }
.login .mark rect { fill: var(--_accent); }
.login .mark path { fill: none; stroke: var(--_on-accent); stroke-width: 1.8; stroke-linecap: round; }
.login .mark circle { fill: var(--_on-accent); }
.login h1 { margin: 12px 0 2px; font-size: 20px; line-height: 28px; font-weight: 600; text-align: center; overflow-wrap: anywhere; }
.login .lead { margin: 0 0 24px; color: var(--_muted); }
.login form {
  display: flex;
  flex-direction: column;
  inline-size: 100%;
  max-inline-size: 360px;
  padding: 24px;
  border: 1px solid var(--_border);
  border-radius: 12px;
  background: var(--_surface);
}
.login label { margin-block-end: 4px; font-size: 13px; font-weight: 500; }
.login input {
  block-size: 36px;
  margin: 0 0 16px;
  padding: 0 10px;
  border: 1px solid var(--_border-strong);
  border-radius: 6px;
  background: var(--_surface);
  color: inherit;
  font: inherit;
}
.login input:focus-visible { outline: 2px solid var(--_focus); outline-offset: -1px; }
.login input[aria-invalid='true'] { border-color: var(--_failed-solid); margin-block-end: 6px; }
.login button {
  block-size: 36px;
  border: 0;
  border-radius: 6px;
  background: var(--_accent);
  color: var(--_on-accent);
  font: 500 14px / 20px var(--_font-sans);
  cursor: pointer;
}
.login button:hover { background: var(--_accent-hover); }
.login button:focus-visible { outline: 2px solid var(--_focus); outline-offset: 2px; }
.login button.show {
  align-self: end;
  block-size: auto;
  margin: -8px 0 12px;
  background: none;
  color: var(--_accent-text);
}
.login .notice {
  margin: 0 0 16px;
  padding: 10px 12px;
  border: 1px solid var(--_pending-line);
  border-radius: 6px;
  background: var(--_pending-bg);
}
.login .error {
  display: flex;
  gap: 6px;
  margin: 0 0 16px;
  color: var(--_failed-fg);
  font-size: 13px;
}
.login .error svg { flex: none; inline-size: 16px; block-size: 16px; margin-block-start: 2px; fill: none; stroke: currentColor; stroke-width: 1.75; stroke-linecap: round; }
`
}
