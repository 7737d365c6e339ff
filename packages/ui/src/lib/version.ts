/** Put in by the build. */
declare const TASKFLOW_VERSION: string | undefined

/** The version that this was built as; empty where it runs from source. */
export const VERSION = typeof TASKFLOW_VERSION === 'undefined' ? '' : TASKFLOW_VERSION

/** Whether two versions are made for each other: fixes alone change nothing that both must know. */
export function areAlike(one: string, other: string): boolean {
  return lineOf(one) === lineOf(other)
}

function lineOf(version: string): string {
  return version.split('.').slice(0, 2).join('.')
}
