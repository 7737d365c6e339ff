/**
 * The built dashboard, as `@taskflow/ui/server` hands it to the handler. Pages hold no inline
 * script or style, so that they run under the handler's Content-Security-Policy.
 */
export interface DashboardUi {
  /** The HTML page that holds `<taskflow-dashboard>`. */
  page(input: {
    /** Path of the handler without a trailing slash, e.g. `/tasks`. */
    base: string
    title: string
    /** Theme the browser asked for before, else the system's. */
    theme: 'light' | 'dark' | null
  }): string

  /** The HTML page that asks for user and password; works without script. */
  loginPage(input: {
    base: string
    title: string
    theme: 'light' | 'dark' | null
    /** Where to go after the login, kept in the form. */
    next: string
    /** Shown above the form, e.g. after a wrong password. */
    message: string | null
    username: string
  }): string

  /** A file below `{base}/dashboard/assets/`; null when there is none of that name. */
  asset(name: string, acceptEncoding: string): Promise<DashboardAsset | null>
}

export interface DashboardAsset {
  body: Uint8Array<ArrayBuffer>
  contentType: string
  /** `br` or `gzip` when the body is compressed. */
  contentEncoding: string | null
  etag: string
  /** True for names that carry a hash of their content. */
  immutable: boolean
}
