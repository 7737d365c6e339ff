import { repeat } from 'lit/directives/repeat.js'
import { announceFailure } from '../action-failure.ts'
import { chartRange } from '../elements/chart/range.ts'
import { endAll } from '../elements/end-all.ts'
import { openMenu } from '../elements/overlays.ts'
import { RunFollower } from '../elements/run-follower.ts'
import { outcomeOf } from '../elements/run-parts/outcomes.ts'
import { StoreElement } from '../elements/store-element.ts'
import { Ticker } from '../elements/ticker.ts'
import { isTyping } from '../elements/typing.ts'
import { shortId } from '../format/number.ts'
import { schedulerText } from '../format/scheduler.ts'
import { formatClock } from '../format/time.ts'
import { TaskflowCopyEvent } from '../part-events.ts'
import { copyText } from '../parts/copy.ts'
import { download } from '../parts/download.ts'
import { emptyRuns } from '../parts/empty-runs.ts'
import { emptyState } from '../parts/notices.ts'
import { showPopover } from '../parts/popover.ts'
import { sparkline } from '../parts/sparkline.ts'
import { sourceBadge } from '../parts/status.ts'
import { Resource } from '../store/resource.ts'
import { openSeries } from '../store/shared-series.ts'
import { notices } from '../styles/notices.ts'
import { overlayStyles } from '../styles/overlay.ts'
import { tabStyles } from '../styles/tabs.ts'
import { hostReset } from '../styles/tokens.ts'

/**
 * What several pages are made of. Every page and the script itself name all of it, because the
 * bundler makes one file for each set of them that share something: a dozen small files come later,
 * and compress worse, than the one that this makes.
 */
export const shared = [
  ...[StoreElement, Ticker, copyText, download, emptyRuns, emptyState, formatClock],
  ...[hostReset, notices, openMenu, overlayStyles, repeat, shortId, showPopover, sourceBadge],
  ...[isTyping, tabStyles, endAll, Resource, sparkline, TaskflowCopyEvent, chartRange, openSeries],
  ...[RunFollower, outcomeOf, schedulerText, announceFailure],
]
