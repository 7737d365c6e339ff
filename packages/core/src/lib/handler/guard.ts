import { TaskflowError } from '../errors.ts'

/**
 * Refuses changes that another site's page asks for. Browsers say where a request comes from with
 * `Sec-Fetch-Site`, older ones with `Origin`; a request with neither is not from a browser's page
 * and passes (the rule of Go's CrossOriginProtection).
 *
 * @param isListed it comes from a page that may ask for changes, with a token.
 */
export function refuseCrossSite(request: Request, origin: string, isListed: boolean): void {
  if (request.method === 'GET' || request.method === 'HEAD' || isListed) return
  const site = request.headers.get('sec-fetch-site')
  if (site === 'same-origin' || site === 'none') return
  const from = request.headers.get('origin')
  if (site === null && (from === null || from === origin)) return
  throw new TaskflowError('forbidden', 'expected a request from the same origin')
}
