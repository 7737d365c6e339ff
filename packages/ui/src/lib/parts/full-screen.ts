/** Shows an element on the whole screen, or no longer. */
export async function toggleFullScreen(element: Element): Promise<void> {
  const root = element.getRootNode() as ShadowRoot | Document
  // Refused by frames that do not allow it: then it stays as large as it is.
  if (root.fullscreenElement === element) await document.exitFullscreen()
  else await element.requestFullscreen().catch(() => {})
}
