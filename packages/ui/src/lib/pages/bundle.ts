/**
 * The dashboard's script. What every page is made of comes with it: one file less to ask for, and
 * fewer bytes than in a file of its own.
 */
import '../../define.ts'

export { shared } from './shared.ts'
