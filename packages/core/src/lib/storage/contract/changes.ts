export interface ChangeFeed {
  /**
   * Where the feed stands now. What changes after this call has a later position. Positions are of
   * letters, digits and `_ . : , -`, at most 2 000: they are event ids and in headers.
   */
  head(): Promise<string>
  /**
   * Ids of tasks that changed after a position, each once. A page may exceed `limit` by what one
   * call changed. Kept for at least 60 s. `gap` says that the
   * position is not known (any more): read everything again. Ids of deleted tasks are listed.
   */
  since(input: { cursor: string; limit: number }): Promise<ChangePage>
}

export interface ChangePage {
  cursor: string
  taskIds: string[]
  gap: boolean
}
