import '@taskflow/ui/define'
import type { TaskflowActionDoneEvent, TaskflowDashboardElement } from '@taskflow/ui'
import type {} from '@taskflow/ui/react'
import { useRef, useState } from 'react'
import { createRoot } from 'react-dom/client'

/** An administration with tabs of its own; one of them is the dashboard. */
function Admin() {
  const [tab, setTab] = useState<'orders' | 'tasks'>('tasks')
  const [theme, setTheme] = useState<'light' | 'dark'>('light')
  const [done, setDone] = useState<string[]>([])
  const dashboard = useRef<TaskflowDashboardElement>(null)

  return (
    <>
      <nav>
        <button type="button" onClick={() => setTab('orders')}>
          Orders
        </button>
        <button type="button" onClick={() => setTab('tasks')}>
          Background tasks
        </button>
        <button type="button" onClick={() => setTheme(theme === 'light' ? 'dark' : 'light')}>
          Theme
        </button>
      </nav>
      <taskflow-provider base="/tasks" timeZone="UTC">
        <p>
          <taskflow-live compact /> <output>{done.join(', ')}</output>
        </p>
        {tab === 'orders' ? (
          <p>No orders today.</p>
        ) : (
          <taskflow-dashboard
            ref={dashboard}
            title="Shop"
            theme={theme}
            urlSync="none"
            ontaskflow-action={(event) => {
              if (event.detail.action === 'cancel') event.preventDefault()
            }}
            ontaskflow-action-done={(event: TaskflowActionDoneEvent) =>
              setDone((before) => [...before, event.detail.action])
            }
          >
            <span slot="header-end">{done.length} done here</span>
          </taskflow-dashboard>
        )}
      </taskflow-provider>
    </>
  )
}

const root = document.getElementById('root')
if (root) createRoot(root).render(<Admin />)
