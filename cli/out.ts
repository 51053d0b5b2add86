import { styleText } from 'node:util';
import Table from 'cli-table3';
import stringWidth from 'string-width';
import { clean } from '../functions/console/text.ts';

/** What text looks like for people; plain through a pipe and where NO_COLOR is set. */
type Style = Parameters<typeof styleText>[0];

/** A cell of a table: text, which may be anybody's, or text with its look. */
export type Cell = string | { text: string; style: Style };

/** How wide a line may be where nobody says: programs and files wrap nothing. */
const UNBOUNDED = 10_000;

/** Where a verb says what it has to say. */
export class Out {
  /** Whether a program reads it: then standard output is JSON, and nothing else. */
  readonly isJson: boolean;

  constructor({ json = false }: { json?: boolean } = {}) {
    this.isJson = json;
  }

  get isTerminal(): boolean {
    return process.stdout.isTTY === true;
  }

  get width(): number {
    return this.isTerminal ? (process.stdout.columns ?? 80) : UNBOUNDED;
  }

  /** A value for programs, or what `text` writes for people. */
  answer(value: unknown, text: () => void): void {
    if (this.isJson) process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
    else text();
  }

  line(text = ''): void {
    process.stdout.write(`${text}\n`);
  }

  /** Beside the answer: progress, hints. */
  note(text: string): void {
    process.stderr.write(`${text}\n`);
  }

  style(style: Style, text: string): string {
    return styleText(style, text, { stream: process.stdout });
  }

  /** An aligned table without lines; see `lines`. */
  table(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
    for (const line of this.lines(head, rows)) this.line(line);
  }

  /**
   * The lines of a table. Where the terminal is too narrow the last columns are cut: what matters comes
   * first. What could move the cursor or change colours is taken out of the cells.
   *
   * @param head names of the columns
   */
  lines(head: readonly string[], rows: readonly (readonly Cell[])[]): string[] {
    const empty = Object.fromEntries(BORDERS.map((name) => [name, '']));
    const table = new Table({
      head: head.map((name) => this.style('dim', name)),
      chars: { ...empty, middle: '  ' },
      style: { 'padding-left': 0, 'padding-right': 0, head: [], border: [] },
    });
    table.push(...rows.map((row) => row.map((cell) => this.#cell(cell))));
    return table
      .toString()
      .split('\n')
      .map((line) => cut(line.trimEnd(), this.width));
  }

  #cell(cell: Cell): string {
    if (typeof cell === 'string') return plain(cell);
    return cell.text === '' ? '' : this.style(cell.style, plain(cell.text));
  }
}

// biome-ignore format: one line a group reads better
const BORDERS = [
  'top', 'top-mid', 'top-left', 'top-right', 'bottom', 'bottom-mid', 'bottom-left', 'bottom-right',
  'left', 'left-mid', 'mid', 'mid-mid', 'right', 'right-mid', 'middle',
];

/** One line that does nothing to a terminal but stand there. */
function plain(text: string): string {
  return clean(text.replace(/\s+/g, ' ').trim());
}

/** Text of any number of lines, such as what a job threw: it can not move the cursor or change colours. */
export function safe(text: string): string {
  return clean(text.replaceAll('\r\n', '\n').replaceAll('\r', '\n'));
}

/** The escape sequences of styled text, which take no room. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what a terminal reads
const STYLED = /(\x1b\[[0-9;]*m)/;

/** A line of so many columns at most; what is cut ends in an ellipsis, and no style runs on. */
export function cut(text: string, width: number): string {
  if (width === UNBOUNDED || stringWidth(text) <= width) return text;
  let room = width - 1; // for the ellipsis
  let isFull = false;
  const parts = text.split(STYLED).map((part) => {
    if (STYLED.test(part)) return part;
    if (isFull) return '';
    let kept = '';
    for (const { segment } of new Intl.Segmenter().segment(part)) {
      room -= stringWidth(segment);
      if (room < 0) {
        isFull = true;
        return `${kept}…`;
      }
      kept += segment;
    }
    return kept;
  });
  return parts.join('');
}
