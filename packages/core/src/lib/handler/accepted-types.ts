/** The media types of the `Accept` header, in small letters and without their weights. */
export function acceptedTypes({ headers }: Request): string[] {
  return (headers.get('accept') ?? '')
    .split(',')
    .map((type) => type.split(';')[0]?.trim().toLowerCase() ?? '')
}
