/**
 * Puts `text` on the clipboard. The clipboard API exists only on https and localhost: elsewhere an
 * off-screen field is copied from. False when neither worked.
 */
export async function copyText(text: string, near: HTMLElement): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text)
    return true
  } catch {
    return copyBySelection(text, near)
  }
}

function copyBySelection(text: string, near: HTMLElement): boolean {
  const focused = (near.getRootNode() as ShadowRoot | Document).activeElement
  const field = document.createElement('textarea')
  field.value = text
  field.readOnly = true
  // Beside the button: a modal dialog makes everything outside of it impossible to select.
  near.after(field)
  field.style.setProperty('position', 'absolute')
  field.style.setProperty('inset-inline-start', '-9999px')
  field.select()
  const done = document.execCommand('copy')
  field.remove()
  if (focused instanceof HTMLElement) focused.focus()
  return done
}
