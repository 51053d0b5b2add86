import type { Frame } from './frame.ts';
import type { Notice } from './head.ts';
import { noticeLine } from './head.ts';
import { Html, html, type Shown } from './html.ts';
import { PAGE_STYLE, STYLE } from './style.ts';

const STYLES = { page: new Html(STYLE + PAGE_STYLE), widget: new Html(STYLE) };

/** What CloudWatch says of the dashboard's colours. */
export type Theme = 'light' | 'dark';

/**
 * One element with all there is to see.
 *
 * @param theme default: whatever the browser prefers
 */
export function pageOf(
  content: Shown,
  { notice, theme, frame }: { notice?: Notice; theme?: Theme; frame: Frame },
): string {
  return html`<div class="pq" style="color-scheme:${theme ?? 'light dark'}"><style>${
    frame.isInAws ? STYLES.widget : STYLES.page
  }</style>${
    // CloudWatch's own style of links and tables would mix with this one.
    frame.isInAws && html`<div class="cwdb-no-default-styles"></div>`
  }${noticeLine(notice)}${content}</div>`.text;
}
