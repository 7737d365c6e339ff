import { repeat } from 'lit/directives/repeat.js'
import { openMenu } from '../elements/overlays.ts'
import { StoreElement } from '../elements/store-element.ts'
import { Ticker } from '../elements/ticker.ts'
import { isTyping } from '../elements/typing.ts'
import { shortId } from '../format/number.ts'
import { formatClock } from '../format/time.ts'
import { copyText } from '../parts/copy.ts'
import { download } from '../parts/download.ts'
import { emptyRuns } from '../parts/empty-runs.ts'
import { emptyState } from '../parts/notices.ts'
import { showPopover } from '../parts/popover.ts'
import { sourceBadge } from '../parts/status.ts'
import { notices } from '../styles/notices.ts'
import { overlayStyles } from '../styles/overlay.ts'
import { tabStyles } from '../styles/tabs.ts'
import { hostReset } from '../styles/tokens.ts'

/**
 * What several pages are made of. Every page names all of it, because the bundler makes one file
 * for each set of pages that share something: a dozen small files come later, and compress worse,
 * than the one that this makes.
 */
export const shared = [
  ...[StoreElement, Ticker, copyText, download, emptyRuns, emptyState, formatClock],
  ...[hostReset, notices, openMenu, overlayStyles, repeat, shortId, showPopover, sourceBadge],
  ...[isTyping, tabStyles],
]
