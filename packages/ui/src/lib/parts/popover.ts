const GAP = 6
const EDGE = 8

/** Where a popover stands along its anchor. */
export type PopoverAlign = 'start' | 'end'

/**
 * Shows an element with `popover` below `anchor`, or above it when there is no room, inside the
 * window. By the CSSOM: style attributes would not pass a Content-Security-Policy.
 */
export function showPopover(
  popover: HTMLElement,
  anchor: Element,
  align: PopoverAlign = 'start',
): void {
  if (!popover.matches(':popover-open')) popover.showPopover()
  placePopover(popover, anchor, align)
}

/** Moves a popover that is open to its anchor, e.g. after its content grew. */
export function placePopover(popover: HTMLElement, anchor: Element, align: PopoverAlign): void {
  const near = anchor.getBoundingClientRect()
  const { offsetWidth: width, offsetHeight: height } = popover
  const rtl = getComputedStyle(anchor).direction === 'rtl'
  const left = (align === 'start') === rtl ? near.right - width : near.left
  const below = near.bottom + GAP
  const fits = below + height <= innerHeight - EDGE
  const top = fits ? below : Math.max(EDGE, near.top - GAP - height)
  const most = Math.max(EDGE, innerWidth - width - EDGE)
  popover.style.setProperty('left', `${Math.min(most, Math.max(EDGE, left))}px`)
  popover.style.setProperty(
    'top',
    `${Math.min(top, Math.max(EDGE, innerHeight - height - EDGE))}px`,
  )
}
