import { deepTarget, isTyping } from '../typing.ts'

/** What keys may do in the list. */
export interface GridActions {
  ids: readonly string[]
  /** The row that Tab reaches; null: the first. */
  activeId: string | null
  /** Focus is on a row. */
  inRows: boolean
  isOpen: boolean
  move: (id: string) => void
  open: (id: string) => void
  close: () => void
  openPage: (id: string) => void
  copy: (id: string) => void
  menu: (id: string) => void
  select: (id: string) => void
  /** The page; pressed again, everything that matches. */
  selectAll: () => void
  /** False when nothing was selected. */
  clearSelection: () => boolean
  act: (action: 'retry' | 'cancel', id: string) => void
  help: () => void
  focusRows: () => void
  focusSearch: () => void
  refresh: () => void
}

/**
 * Keys of the list; true when one was meant for it. They act only while focus is inside the
 * element, and letters never while somebody types.
 */
export function handleGridKey(event: KeyboardEvent, actions: GridActions): boolean {
  if (event.altKey) return false
  if (isTyping(event)) {
    // What was typed has been cleared by an Escape before.
    if (event.key !== 'Escape' || deepTarget(event)?.localName !== 'input') return false
    actions.focusRows()
    return true
  }
  const { ids, activeId } = actions
  if (event.ctrlKey || event.metaKey) {
    if (event.key.toLowerCase() !== 'a' || !actions.inRows) return false
    actions.selectAll()
    return true
  }
  const at = activeId === null ? -1 : ids.indexOf(activeId)
  const current = ids[Math.max(0, at)]
  const moveTo = (index: number) => {
    const id = ids[Math.min(ids.length - 1, Math.max(0, index))]
    if (id === undefined) return false
    actions.move(id)
    return true
  }
  switch (event.key) {
    case 'j':
      return moveTo(at + 1)
    case 'k':
      return moveTo(at < 0 ? 0 : at - 1)
    case '/':
      actions.focusSearch()
      return true
    case '?':
      actions.help()
      return true
    case '.':
      actions.refresh()
      return true
    case 'Escape':
      // The top layer first, then what is ticked.
      if (!actions.isOpen) return actions.clearSelection()
      actions.close()
      return true
  }
  if (!actions.inRows || current === undefined) return false
  switch (event.key) {
    case 'ArrowDown':
    case 'ArrowUp': {
      const to = event.key === 'ArrowUp' ? at - 1 : at < 0 ? 1 : at + 1
      if (event.shiftKey) actions.select(ids[Math.min(ids.length - 1, Math.max(0, to))] ?? current)
      return moveTo(to)
    }
    case 'x':
    case ' ':
      if (event.key === ' ' && deepTarget(event)?.closest('button, a')) return false
      actions.select(current)
      return true
    case 'o':
      actions.openPage(current)
      return true
    case 'm':
      actions.menu(current)
      return true
    case 'r':
      actions.act('retry', current)
      return true
    case 'c':
      actions.act('cancel', current)
      return true
    case 'Home':
      return moveTo(0)
    case 'End':
      return moveTo(ids.length - 1)
    case 'PageDown':
      return moveTo(Math.max(0, at) + 10)
    case 'PageUp':
      return moveTo(at - 10)
    case 'Enter':
      // A button inside the row has its own Enter.
      if (deepTarget(event)?.closest('button, a')) return false
      actions.open(current)
      return true
    case 'y':
      actions.copy(current)
      return true
  }
  return false
}
