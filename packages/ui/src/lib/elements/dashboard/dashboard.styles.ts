import { css } from 'lit'

/** Header 48, tabs 36, then the page; it scrolls inside when the host has a height. */
export const dashboardStyles = css`
  :host {
    position: relative;
    display: flex;
    flex-direction: column;
    min-block-size: 320px;
    overflow: hidden;
    container: taskflow-dashboard / inline-size;
    background: var(--_page);
  }
  .top {
    display: flex;
    align-items: center;
    gap: 12px;
    min-block-size: 48px;
    padding-inline: 16px;
    border-block-end: 1px solid var(--_border);
    background: var(--_surface);
  }
  .brand {
    display: inline-flex;
    align-items: center;
    gap: 8px;
    min-inline-size: 0;
    color: var(--_text);
    font-size: 14px;
    font-weight: 600;
  }
  .brand:hover {
    text-decoration: none;
  }
  .logo {
    flex: none;
    display: block;
    inline-size: 20px;
    block-size: 20px;
    stroke: var(--_on-accent);
    stroke-width: 1.8;
    stroke-linecap: round;
    fill: none;
  }
  .logo rect {
    stroke: none;
    fill: var(--_accent);
  }
  .logo circle {
    stroke: none;
    fill: var(--_on-accent);
  }
  .grow {
    flex: 1;
  }
  .pause[data-paused='true'] {
    border-color: var(--_accent-text);
    background: var(--_selected);
  }
  .held {
    padding-inline: 6px;
    border-radius: 9px;
    background: var(--_accent);
    color: var(--_on-accent);
    font-size: 11px;
    line-height: 18px;
  }
  .avatar {
    display: grid;
    place-items: center;
    inline-size: 24px;
    block-size: 24px;
    border: 1px solid var(--_border);
    border-radius: 50%;
    background: var(--_hover);
    color: var(--_muted);
    font-size: 10px;
    font-weight: 600;
  }
  form {
    margin: 0 0 0 -8px;
  }
  .columns {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
  }
  nav.tabs {
    align-items: center;
    background: var(--_surface);
  }
  nav .count.alarm {
    color: var(--_failed-fg);
    font-weight: 600;
  }
  .group {
    display: contents;
  }
  .group-button {
    display: none;
    justify-content: start;
    font-size: 12px;
  }
  .group-button[aria-expanded='true'] svg {
    rotate: 90deg;
  }
  .page-menu .group,
  .page-menu .group-button {
    display: flex;
  }
  .page-menu .group {
    flex-direction: column;
  }
  .page-menu .closed a:not([aria-current]) {
    display: none;
  }
  .menu-button {
    display: none;
    position: sticky;
    inset-inline-start: 0;
    z-index: 1;
  }
  .page-menu {
    min-inline-size: 220px;
  }
  .page-menu a {
    display: flex;
    justify-content: space-between;
    gap: 24px;
    padding: 8px 10px;
    border-radius: 6px;
    color: var(--_text);
    font-weight: 500;
  }
  .page-menu a:hover {
    background: var(--_hover);
    text-decoration: none;
  }
  .page-menu a[aria-current] {
    background: var(--_selected);
  }
  .page-menu .count {
    color: var(--_muted);
    font-weight: 400;
  }
  .choices {
    display: flex;
    gap: 8px;
  }
  main:focus {
    outline: none;
  }
  main {
    position: relative;
    flex: 1;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
  }
  .page {
    flex: 1;
    display: flex;
    flex-direction: column;
    min-block-size: 0;
    overflow: auto;
    transition: opacity var(--_duration) ease-out;
  }
  .page:has(taskflow-runs) {
    position: relative;
    overflow: hidden;
  }
  .page > taskflow-runs {
    flex: 1;
  }
  .page > :not(taskflow-runs, taskflow-run, .empty) {
    flex: none;
    inline-size: 100%;
    max-inline-size: var(--_max-width);
    margin-inline: auto;
  }
  .page.stale {
    opacity: 0.7;
  }
  .page.dimmed {
    opacity: 0.35;
  }
  .sign-in {
    position: absolute;
    inset-block-start: 48px;
    inset-inline: 0;
    display: flex;
    flex-direction: column;
    gap: 12px;
    inline-size: min(340px, calc(100% - 32px));
    margin-inline: auto;
    padding: 20px 24px;
    border: 1px solid var(--_border);
    border-radius: 12px;
    background: var(--_raised);
    box-shadow: var(--_shadow);
  }
  .sign-in h1 {
    display: flex;
    align-items: center;
    gap: 8px;
    margin: 0;
    font-size: 14px;
    line-height: 20px;
    font-weight: 600;
  }
  .sign-in p {
    margin: 0;
  }
  .sign-in .button {
    min-block-size: 32px;
  }
  .palette {
    color: var(--_muted);
    font-weight: 400;
  }
  .palette .word {
    min-inline-size: 146px;
    text-align: start;
  }
  @container taskflow-dashboard (min-width: 1100px) {
    :host([layout='sidebar']) .columns {
      display: grid;
      grid-template: auto minmax(0, 1fr) / 200px minmax(0, 1fr);
    }
    :host([layout='sidebar']) .columns > * {
      grid-column: 2;
    }
    :host([layout='sidebar']) main {
      grid-row: 2;
    }
    :host([layout='sidebar']) nav.tabs {
      grid-column: 1;
      grid-row: 1 / -1;
      flex-direction: column;
      align-items: stretch;
      gap: 2px;
      padding: 12px 8px;
      border-block-end: 0;
      border-inline-end: 1px solid var(--_border);
      overflow: auto;
    }
    :host([layout='sidebar']) .group-button {
      display: flex;
    }
    :host([layout='sidebar']) .closed .tab:not([aria-current]) {
      display: none;
    }
    :host([layout='sidebar']) .tab {
      justify-content: space-between;
      padding-inline: 10px;
      border-radius: 6px;
    }
    :host([layout='sidebar']) .tab::after {
      content: none;
    }
    :host([layout='sidebar']) .tab[aria-current] {
      background: var(--_selected);
    }
  }
  @container taskflow-dashboard (max-width: 899px) {
    .palette {
      padding-inline: 6px;
    }
    .palette .word,
    .palette .kbd {
      display: none;
    }
    nav.tabs {
      gap: 16px;
    }
    .menu-button {
      display: inline-flex;
      padding-inline: 6px;
      background: var(--_surface);
      /* Tabs pass under it, not beside it. */
      box-shadow: -16px 0 var(--_surface);
    }
  }
  @container taskflow-dashboard (max-width: 559px) {
    .top {
      gap: 8px;
      padding-inline: 12px;
    }
    .pause .word {
      display: none;
    }
    .pause {
      padding-inline: 6px;
    }
    nav.tabs {
      padding-inline: 12px;
    }
  }
`
