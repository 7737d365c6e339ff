/** What an event is about, also inside of a shadow root. */
export function deepTarget(event: Event): Element | null {
  const [target] = event.composedPath()
  return target instanceof Element ? target : null
}

/** Whether somebody types, so that letters are letters. A checkbox is no field to type in. */
export function isTyping(event: Event): boolean {
  const field = deepTarget(event)?.closest('input, select, textarea, [contenteditable]')
  return field != null && !field.matches('[type="checkbox"]')
}
