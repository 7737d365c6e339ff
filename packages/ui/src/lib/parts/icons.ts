import { html, svg, type TemplateResult } from 'lit'
import { drawIcon, statusShapes } from './status-icons.ts'

export { statusIcon } from './status-icons.ts'

const shapes = {
  ...statusShapes,
  plus: svg`<path d="M8 3.5v9M3.5 8h9" />`,
  minus: svg`<path d="M3.5 8h9" />`,
  menu: svg`<path d="M2.5 4.5h11M2.5 8h11M2.5 11.5h11" />`,
  copy: svg`<rect x="5.5" y="5.5" width="8" height="8" rx="1.75" /><path d="M3.6 10.5A1.6 1.6 0 0 1 2.5 9V4a1.5 1.5 0 0 1 1.5-1.5h5a1.6 1.6 0 0 1 1.5 1.1" />`,
  search: svg`<circle cx="7" cy="7" r="4.25" /><path d="M10.2 10.2L13.5 13.5" />`,
  chevronDown: svg`<path d="M4.5 6.5L8 10l3.5-3.5" />`,
  chevronRight: svg`<path d="M6.5 4.5L10 8l-3.5 3.5" />`,
  chevronLeft: svg`<path d="M9.5 4.5L6 8l3.5 3.5" />`,
  arrowUp: svg`<path d="M8 13V3.5M4 7.2l4-4 4 4" />`,
  arrowDown: svg`<path d="M8 3v9.5M4 8.8l4 4 4-4" />`,
  pause: statusShapes.bars,
  play: svg`<path d="M5 3.4v9.2L12.4 8z" />`,
  moon: svg`<path d="M13.2 9.6A5.6 5.6 0 0 1 6.4 2.8a5.6 5.6 0 1 0 6.8 6.8z" />`,
  sun: svg`<circle cx="8" cy="8" r="2.75" /><path d="M8 1.5v1.3M8 13.2v1.3M1.5 8h1.3M13.2 8h1.3M3.4 3.4l.9.9M11.7 11.7l.9.9M3.4 12.6l.9-.9M11.7 4.3l.9-.9" />`,
  info: svg`<circle cx="8" cy="8" r="5.75" /><path d="M8 7.6v3M8 5.3v.1" />`,
  offline: svg`<path d="M2 2l12 12M4.6 8.2a5 5 0 0 1 2-1.3M9.6 6.9a5 5 0 0 1 1.9 1.3M2.4 5.9A8 8 0 0 1 4.6 4.5M7.4 3.8a8 8 0 0 1 6.2 2.1M6.7 10.6a2 2 0 0 1 2.6 0M8 13v.1" />`,
  lock: svg`<rect x="3.5" y="7" width="9" height="6.5" rx="1.5" /><path d="M5.5 7V5a2.5 2.5 0 0 1 5 0v2" />`,
  inbox: svg`<path d="M2.5 9l1.9-5.2A1.2 1.2 0 0 1 5.5 3h5a1.2 1.2 0 0 1 1.1.8L13.5 9v3a1.2 1.2 0 0 1-1.2 1.2H3.7A1.2 1.2 0 0 1 2.5 12zM2.5 9h3l1 1.6h3l1-1.6h3" />`,
  filter: svg`<path d="M2.5 4h11M4.5 8h7M6.5 12h3" />`,
  warning: svg`<path d="M8 2.6l6 10.6H2z" /><path d="M8 6.5v3M8 11.4v.1" />`,
  columns: svg`<rect x="2.5" y="3" width="11" height="10" rx="1.5" /><path d="M6.2 3v10M9.8 3v10" />`,
  dots: svg`<path d="M3.5 8h.01M8 8h.01M12.5 8h.01" stroke-width="2.4" />`,
  download: svg`<path d="M8 2.5v7.5M4.8 7L8 10.2 11.2 7M3 13.2h10" />`,
  trash: svg`<path d="M2.8 4.2h10.4M6.2 4V2.6h3.6V4M4.2 4.4l.6 8.2a1 1 0 0 0 1 .9h4.4a1 1 0 0 0 1-.9l.6-8.2" />`,
  pencil: svg`<path d="M3 13l.6-2.8 7-7a1.2 1.2 0 0 1 1.7 0l.5.5a1.2 1.2 0 0 1 0 1.7l-7 7z" />`,
  expand: svg`<path d="M9.5 2.5h4v4M13.2 2.8L9.2 6.8M6.5 13.5h-4v-4M2.8 13.2l4-4" />`,
  eye: svg`<path d="M1.8 8S4 3.8 8 3.8 14.2 8 14.2 8 12 12.2 8 12.2 1.8 8 1.8 8z" /><circle cx="8" cy="8" r="1.9" />`,
  link: svg`<path d="M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2-2a2.6 2.6 0 0 0-3.7-3.7l-.9.9M9.2 6.8a2.6 2.6 0 0 0-3.7 0l-2 2a2.6 2.6 0 0 0 3.7 3.7l.9-.9" />`,
  wrap: svg`<path d="M2.5 3.5h11M2.5 8h8.7a2.2 2.2 0 0 1 0 4.5H8.5M10 10.6l-1.9 1.9L10 14.4M2.5 12.5h3" />`,
  skip: svg`<path d="M4 3.5v9l6-4.5zM12 3.5v9" />`,
  signOut: svg`<path d="M6.5 3H4.2A1.2 1.2 0 0 0 3 4.2v7.6A1.2 1.2 0 0 0 4.2 13h2.3M10 5l3 3-3 3M13 8H6.5" />`,
} satisfies Record<string, TemplateResult<2>>

/** Name of an icon. */
export type IconName = keyof typeof shapes

/** An icon that says nothing to screen readers: the word beside it does. */
export function icon(name: IconName, classes = ''): TemplateResult {
  return drawIcon(shapes[name], classes)
}

/** The mark of taskflow: three lines that end in a dot. */
export function logo(): TemplateResult {
  return html`<svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
    <rect width="20" height="20" rx="5" />
    <path d="M5 6.2h6.4M5 10h10M5 13.8h5" />
    <circle cx="14.4" cy="6.2" r="1.2" />
    <circle cx="13" cy="13.8" r="1.2" />
  </svg>`
}
