import type { DetailedHTMLProps, HTMLAttributes } from 'react'
import type {} from './define.ts'
import type { TaskflowEventMap } from './lib/events.ts'

type Tags = {
  [Tag in keyof HTMLElementTagNameMap & `taskflow-${string}`]: HTMLElementTagNameMap[Tag]
}

/** `runId` as `run-id`. */
type Kebab<Name extends string> = Name extends `${infer First}${infer Rest}`
  ? Rest extends Uncapitalize<Rest>
    ? `${Lowercase<First>}${Kebab<Rest>}`
    : `${Lowercase<First>}-${Kebab<Rest>}`
  : Name

/** What an element has beyond any HTML element and Lit's own members. */
type Own<Element> = Omit<Element, keyof HTMLElement | keyof import('lit').LitElement>

/** React 19 sets properties where the element has them, and attributes otherwise. */
type Properties<Element> = Partial<Own<Element>> & {
  [Name in keyof Own<Element> & string as Own<Element>[Name] extends
    | string
    | number
    | boolean
    | null
    ? Kebab<Name>
    : never]?: Own<Element>[Name]
}

/** React 19 listens to what follows `on`; in React 18, listen by a `ref`. */
type Events = {
  [Name in keyof TaskflowEventMap as `on${Name}`]?: (event: TaskflowEventMap[Name]) => void
}

type JsxElements = {
  [Tag in keyof Tags]: DetailedHTMLProps<HTMLAttributes<Tags[Tag]>, Tags[Tag]> &
    Properties<Tags[Tag]> &
    Events & { class?: string }
}

declare module 'react' {
  namespace JSX {
    interface IntrinsicElements extends JsxElements {}
  }
}
