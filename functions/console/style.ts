/**
 * How the console looks. Every class has a prefix, and every rule stands below the root element, so that
 * CloudWatch's own page is left alone. Each colour is a pair for light and dark, both with a contrast of at
 * least 4.5 to 1. A table that is too wide, for half a dashboard, scrolls by itself.
 */
export const STYLE = `
.pq { --ink: light-dark(#1c2430, #e6e9ee); --quiet: light-dark(#566070, #a2acba); --line: light-dark(#e2e6eb, #323a46);
  --rule: light-dark(#eef1f4, #262d37); --soft: light-dark(#f5f7f9, #1e242d); --link: light-dark(#0a5bc4, #7db8ff);
  --ok: light-dark(#2a7d4f, #53b985); --bad: light-dark(#c0262d, #ff8a85); --warn: light-dark(#8f5600, #f2b64c);
  --skip: light-dark(#5d6878, #9aa6b6); --miss: light-dark(#8a2f9c, #dc94ec); --run: light-dark(#0a5bc4, #7db8ff);
  padding: 4px; background: light-dark(#fff, #14181e); color: var(--ink); font: 14px/1.45 system-ui, -apple-system, 'Segoe UI', 'Amazon Ember', sans-serif; font-variant-numeric: tabular-nums; }
.pq * { box-sizing: border-box; }
.pq h1 { font-size: 22px; line-height: 1.2; font-weight: 650; margin: 0; letter-spacing: -.01em; overflow-wrap: anywhere; }
.pq h2 { font-size: 15px; font-weight: 650; margin: 30px 0 8px; }
.pq p { margin: 6px 0; max-width: 75em; }
.pq code, .pq-value { font: 12.5px/1.5 ui-monospace, 'SF Mono', Menlo, Consolas, monospace; }
.pq-table code { white-space: nowrap; }
.pq cwdb-action { display: none; }
.pq-head { display: flex; flex-wrap: wrap; align-items: center; gap: 6px 14px; margin: 0 0 8px; }
.pq-thin { font-weight: 400; color: var(--quiet); white-space: nowrap; }
.pq-path { color: var(--quiet); }
.pq-quiet { color: var(--quiet); }
.pq-nowrap { white-space: nowrap; }
.pq-health { font-weight: 650; }
.pq-is-healthy, .pq-done { color: var(--ok); }
.pq-is-degraded, .pq-paused { color: var(--warn); }
.pq-is-failing, .pq-refused, .pq-error { color: var(--bad); }
.pq section { overflow-x: auto; }
.pq-reasons { list-style: none; margin: 0; padding: 10px 14px; background: var(--soft); border-radius: 8px; }
.pq-reasons li { margin: 2px 0; overflow-wrap: anywhere; }
.pq-notice { padding: 8px 14px; background: var(--soft); border-left: 3px solid; border-radius: 4px; overflow-wrap: anywhere; }
.pq-error { font-weight: 650; }
.pq a.pq-link { color: var(--link); text-decoration: none; cursor: pointer; overflow-wrap: break-word; }
.pq a.pq-link:hover { text-decoration: underline; }
.pq a.pq-button, .pq button.pq-button { display: inline-block; padding: 2px 10px; border: 1px solid var(--line); border-radius: 6px; background: var(--soft);
  color: var(--ink); font: inherit; font-size: 13px; line-height: 1.5; text-decoration: none; white-space: nowrap; cursor: pointer; }
.pq a.pq-button:hover, .pq button.pq-button:hover { border-color: var(--link); color: var(--link); }
.pq a:focus-visible, .pq button:focus-visible, .pq input:focus-visible, .pq select:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.pq button.pq-main { padding: 5px 16px; font-weight: 650; border-color: var(--link); color: var(--link); }
.pq-table { width: 100%; border-collapse: collapse; background: none; }
.pq-table th { padding: 4px 14px 4px 0; text-align: left; font-size: 12px; font-weight: 500; color: var(--quiet); border-bottom: 1px solid var(--line); white-space: nowrap; }
.pq-table td { padding: 7px 14px 7px 0; vertical-align: top; border-bottom: 1px solid var(--rule); }
.pq-table tr:last-child td { border-bottom: 0; }
.pq-table tbody tr:hover { background: var(--soft); }
.pq-table .pq-tight { white-space: nowrap; }
.pq-table .pq-name { min-width: 11em; max-width: 20em; font-weight: 500; } .pq-table .pq-name a { overflow-wrap: break-word; }
.pq-table .pq-wide { width: 50%; overflow-wrap: anywhere; }
.pq-table .pq-buttons { padding-right: 0; white-space: nowrap; text-align: right; }
.pq-table .pq-over { color: var(--quiet); }
.pq-badge, .pq-state { display: block; white-space: nowrap; }
.pq-head .pq-badge, .pq-head .pq-state { display: inline; }
.pq-icon { vertical-align: -.5px; overflow: visible; }
.pq-marks, .pq-gauge { display: block; overflow: visible; margin-top: 5px; }
.pq-icon path, .pq-marks path, .pq-sign path { fill: none; stroke: currentColor; stroke-width: 1.7; stroke-linecap: round; stroke-linejoin: round; pointer-events: bounding-box; }
.pq-succeeded { color: var(--ok); } .pq-running { color: var(--run); } .pq-waiting { color: var(--warn); } .pq-skipped { color: var(--skip); }
.pq-missed { color: var(--miss); } .pq-failed, .pq-timed_out, .pq-crashed { color: var(--bad); } .pq-next { color: var(--quiet); }
.pq-badge.pq-succeeded { color: inherit; } .pq-badge.pq-succeeded svg { color: var(--ok); }
.pq path.pq-succeeded, .pq path.pq-running, .pq path.pq-timed_out, .pq path.pq-crashed { fill: currentColor; }
.pq-gauge-all { fill: var(--line); } .pq-gauge-some { fill: var(--ok); } .pq-gauge-much { fill: var(--bad); }
.pq-notch { stroke: var(--quiet); stroke-width: 1; }
.pq-timeline { display: grid; grid-template-columns: fit-content(16em) minmax(0, 1fr); column-gap: 14px; }
.pq-lane { max-width: 16em; line-height: 22px; overflow: hidden; white-space: nowrap; font-size: 13px; }
.pq-lane a.pq-link { display: block; overflow: hidden; text-overflow: ellipsis; }
.pq-picture { display: block; overflow: visible; }
.pq-rule { stroke: var(--rule); } .pq-grid { stroke: var(--rule); } .pq-hour { stroke: var(--line); }
.pq-now { stroke: var(--link); stroke-dasharray: 3 3; }
.pq-time { fill: var(--quiet); font-size: 11.5px; }
.pq-bar { fill: currentColor; stroke: currentColor; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.pq-late, .pq-retry, .pq-many { fill: none; stroke: currentColor; stroke-width: 1.5; vector-effect: non-scaling-stroke; }
.pq-late { color: var(--skip); } .pq-retry { color: var(--warn); stroke-dasharray: 3 3; }
.pq-sign { overflow: visible; } .pq-sign path { translate: -5px; }
.pq-legend { display: flex; flex-wrap: wrap; gap: 2px 18px; font-size: 12.5px; }
.pq .pq-facts { display: grid; grid-template-columns: repeat(auto-fill, minmax(19em, 1fr)); gap: 12px 28px; margin: 18px 0; }
.pq .pq-facts dt { font-size: 12px; color: var(--quiet); } .pq .pq-facts dd { margin: 0; overflow-wrap: anywhere; }
.pq-value { margin: 4px 0; padding: 12px 14px; max-height: 40em; overflow: auto; white-space: pre-wrap; overflow-wrap: anywhere; background: var(--soft); color: var(--ink); border: 0; border-radius: 8px; }
.pq-as-it-is { fill: var(--run); } .pq-packed { fill: var(--ok); }
.pq-pager { display: flex; flex-wrap: wrap; gap: 2px 24px; }
.pq-finder { display: inline-block; margin: 0 6px 0 0; } .pq-finder label { color: var(--quiet); }
.pq-person { display: flex; flex-wrap: wrap; gap: 6px 18px; margin: 12px 0; }
.pq-person label, .pq-confirm label { color: var(--quiet); }
.pq-confirm label { display: block; margin: 12px 0; }
.pq input, .pq select { padding: 3px 8px; border: 1px solid var(--quiet); border-radius: 6px; background: transparent; color: var(--ink); font: inherit; }
.pq option { background: Canvas; color: CanvasText; }
.pq-confirm input { width: 28em; max-width: 100%; }
`;

/** Of a page of its own, which is all the console's. */
export const PAGE_STYLE = `
:root { color-scheme: light dark; }
body { max-width: 1400px; margin: 28px auto; padding: 0 24px; background: light-dark(#fff, #14181e); }
`;
