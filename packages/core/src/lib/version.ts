import manifest from '../../package.json' with { type: 'json' }

/** Version of taskflow, as instances announce it. */
export const VERSION: string = manifest.version
