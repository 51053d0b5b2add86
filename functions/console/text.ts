/** Characters of a value that a page shows; the rest is a link away. */
export const SHORT = 4_000;

/** What the page of a whole value shows at most: a widget must stay below what CloudWatch takes. */
export const WHOLE = 200_000;

// biome-ignore lint/suspicious/noControlCharactersInRegex: these are what it is about
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f]/g;
/** Delete, the upper controls, and the marks that turn the direction of what follows. */
const OTHERS = /[\u007f-\u009f\u200e\u200f\u202a-\u202e\u2066-\u2069\ufffe\uffff]/g;

/** Where Unicode has pictures of the control characters. */
const PICTURES = 0x2400;

/**
 * Text as a page can hold it: a control character becomes its picture, half a surrogate pair the sign for
 * what can not be read. Otherwise a job's output could end the page, or show itself backwards.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replace(CONTROLS, (sign) => String.fromCodePoint(PICTURES + sign.charCodeAt(0)))
    .replace(OTHERS, '\ufffd');
}

/** The start of a text, of at most so many UTF-16 units, which never ends within a character. */
export function cut(text: string, length: number): string {
  if (text.length <= length) return text;
  const last = text.charCodeAt(length - 1);
  const isHalf = last >= 0xd800 && last < 0xdc00;
  return text.slice(0, isHalf ? length - 1 : length);
}

/** One line of a text, for a table. */
export function oneLine(text: string, length: number): string {
  // Cut first: the text may have half a megabyte.
  const line = cut(text, 4 * length)
    .replace(/\s+/g, ' ')
    .trim();
  return line.length > length || text.length > 4 * length ? `${cut(line, length - 1)}…` : line;
}

/** `1 run`, `2 runs`. */
export function count(number: number, noun: string): string {
  return `${number} ${noun}${number === 1 ? '' : 's'}`;
}
