import type { PropertyDeclarations } from 'lit'
import { type TimeFormat, writeTimes } from '../messages/language.ts'
import { connectedParent } from './connection/parents.ts'
import { TranslatedElement } from './translated-element.ts'

const EVENTS = ['click', 'keydown', 'input', 'change']

/**
 * An element that makes texts when something is done to it, too, and writes times: in the zone and
 * with the hours that it says, or the one outside.
 */
export abstract class LocalizedElement extends TranslatedElement {
  static override properties: PropertyDeclarations = {
    timeZone: { type: String, attribute: 'time-zone' },
    hourCycle: { type: String, attribute: 'hour-cycle' },
  }
  /** IANA name of the zone that times are written in. [that of the element outside, else the reader's] */
  declare timeZone: string
  /** `h12` for AM and PM, or `h23`. [that of the element outside, else `h23`] */
  declare hourCycle: string

  constructor() {
    super()
    this.timeZone = ''
    this.hourCycle = ''
    for (const type of EVENTS) {
      this.addEventListener(type, () => this.speak(), { capture: true })
    }
  }

  /** How this element writes times: as it says itself, else as the one outside. */
  get timeFormat(): TimeFormat {
    const { timeZone, hourCycle } = this
    if (timeZone && hourCycle) return { timeZone, hourCycle }
    const parent = connectedParent(this)
    const outer = parent !== null && typeof parent !== 'string' ? parent.timeFormat : null
    return {
      timeZone: timeZone || (outer?.timeZone ?? ''),
      hourCycle: hourCycle || (outer?.hourCycle ?? ''),
    }
  }

  /** Makes the texts that are made next in the language of the element, and as it writes times. */
  override speak(): void {
    super.speak()
    writeTimes(this.timeFormat)
  }
}
