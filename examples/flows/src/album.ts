import { AbandonTask, defineTask, on, type TaskQueue } from '@taskflow/core'

/** Makes a small copy of a photo. */
export const resize = defineTask({
  name: 'resize',
  run({ file }: { file: string }) {
    if (!file.endsWith('.jpg')) throw new AbandonTask(`expected a .jpg, got ${file}`)
    return { file: file.replace('.jpg', '-320.jpg'), bytes: file.length * 1_000 }
  },
})

/** Makes a page of the photos that it comes after. */
export const makePage = defineTask({
  name: 'make_page',
  run({ title }: { title: string }, { parents, log }) {
    const photos = parents.of(resize).flatMap((parent) => {
      if (parent.status === 'success') return parent.result
      log(`A photo is missing: ${parent.taskId} ended ${parent.status}`, 'warn')
      return []
    })
    return { title, files: photos.map(({ file }) => file) }
  },
})

/** Tells that a page is there, whoever made it, and from where. */
export const announce = defineTask({
  name: 'announce',
  after: [on(makePage, ({ title, files }) => ({ title, count: files.length }))],
  run: ({ title, count }: { title: string; count: number }) => `${title}: ${count} photos`,
})

/** Resizes all photos, then makes the page of them: stored in one commit. */
export async function publishAlbum(tasks: TaskQueue, title: string, files: string[]) {
  const { refs } = await tasks.flow((flow) => {
    const photos = files.map((file) => flow.add(resize, { file }))
    // A photo that cannot be resized does not hold up the album.
    return flow.add(makePage, { title }, { after: photos, onParentFailure: 'run' })
  })
  return refs
}
