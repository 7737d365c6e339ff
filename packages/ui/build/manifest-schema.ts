/** The part of the custom-elements manifest's schema (2.1.0) that we write and read. */
export interface Package {
  schemaVersion: string
  readme: string
  modules: Module[]
}

export interface Module {
  kind: 'javascript-module'
  path: string
  declarations?: Declaration[]
  exports?: Export[]
}

export interface Export {
  kind: 'js' | 'custom-element-definition'
  name: string
  declaration: { name: string; module?: string }
}

export interface Named {
  name: string
  description?: string
}

export interface Typed extends Named {
  type?: { text: string }
  default?: string
}

export interface Member extends Typed {
  kind: 'field' | 'method'
  privacy?: 'public' | 'protected' | 'private'
  static?: boolean
  attribute?: string
}

export interface Declaration extends Named {
  kind: string
  tagName?: string
  customElement?: boolean
  members?: Member[]
  attributes?: (Typed & { fieldName?: string })[]
  events?: Typed[]
  slots?: Named[]
  cssParts?: Named[]
  cssProperties?: Typed[]
}
