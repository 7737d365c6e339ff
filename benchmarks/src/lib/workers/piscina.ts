// What a thread of piscina runs.
export default function nothing(): void {}
