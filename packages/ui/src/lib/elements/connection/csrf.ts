/**
 * Headers with the token that a `<meta>` of the page holds, read anew for each request. None for a
 * handler of another origin: the token is not for it.
 */
export function csrfHeaders(
  meta: string,
  header: string,
  base: string,
): () => Record<string, string> {
  return () => {
    if (new URL(base, location.href).origin !== location.origin) return {}
    const element = document.querySelector<HTMLMetaElement>(`meta[name="${CSS.escape(meta)}"]`)
    const token = element?.content
    return token ? { [header]: token } : {}
  }
}
