import { greet, type makeApp } from './app.ts'

/**
 * One function from `Request` to `Response`, as Bun, Deno and others serve it:
 * `Bun.serve({ fetch: (request, server) => answer(request, server.requestIP(request)?.address) })`,
 * `Deno.serve((request, info) => answer(request, info.remoteAddr.hostname))`.
 */
export function fetchServer({ tasks, handler }: ReturnType<typeof makeApp>) {
  return async (request: Request, address?: string): Promise<Response> => {
    const { pathname } = new URL(request.url)
    // Without an address, guessed passwords are counted per account alone.
    if (handler.owns(pathname)) return handler(request, { address })
    if (request.method !== 'POST' || pathname !== '/greetings') {
      return new Response('Nothing here. The dashboard is at /tasks/dashboard.\n', { status: 404 })
    }
    const { taskId } = await tasks.enqueue(greet, { name: 'Ann' })
    return new Response(`${taskId}\n`, { status: 202 })
  }
}
