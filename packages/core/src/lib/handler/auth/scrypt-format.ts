/** A password hash: `scrypt$ln=17,r=8,p=1$<salt>$<key>`, salt and key in base64url. */
export interface ScryptHash {
  /** Cost: 2 to this power. */
  logN: number
  /** Block size. */
  r: number
  /** Parallelisation. */
  p: number
  salt: string
  key: string
}

const FORMAT = /^scrypt\$ln=(\d{1,2}),r=(\d{1,2}),p=(\d{1,2})\$([\w-]{16,128})\$([\w-]{22,128})$/
/** One look at a password may take this much memory. */
const MAX_BYTES = 1_073_741_824

/** True for what was meant as a hash, whole or not. */
export function looksHashed(password: string): boolean {
  return password.startsWith('scrypt$')
}

/** Reads a hash; null for what is none, or asks for absurd costs. */
export function parseScrypt(text: string): ScryptHash | null {
  const [, logN, r, p, salt, key] = FORMAT.exec(text) ?? []
  if (salt === undefined || key === undefined) return null
  const hash = { logN: Number(logN), r: Number(r), p: Number(p), salt, key }
  const sane = hash.logN > 0 && hash.r > 0 && hash.p > 0
  return sane && scryptBytes(hash) <= MAX_BYTES ? hash : null
}

/** Memory that scrypt takes with these costs. */
export function scryptBytes({ logN, r, p }: Pick<ScryptHash, 'logN' | 'r' | 'p'>): number {
  return 128 * r * (2 ** logN + p)
}

export function writeScrypt({ logN, r, p, salt, key }: ScryptHash): string {
  return `scrypt$ln=${logN},r=${r},p=${p}$${salt}$${key}`
}
