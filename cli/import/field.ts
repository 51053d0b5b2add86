import { NotCarried } from './imported.ts';

/** A field of a cron expression: which values it has. */
export interface Field {
  name: string;
  from: number;
  to: number;
  /** What the values may be called, from `from` on. */
  names?: readonly string[];
}

const MONTHS = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** The fields that crontab and APScheduler share. Their days of the week are not the same. */
export const MINUTES: Field = { name: 'minutes', from: 0, to: 59 };
export const HOURS: Field = { name: 'hours', from: 0, to: 23 };
export const DAYS: Field = { name: 'days', from: 1, to: 31 };
export const MONTHS_OF_YEAR: Field = { name: 'months', from: 1, to: 12, names: MONTHS };

/** One part of a list: all, a value or a range, and a step. */
const PART = /^(?:\*|(\w+)(?:-(\w+))?)(?:\/(\d+))?$/;

/**
 * The values that a field names, in order: `1-5`, `mon,wed`, or with a step, such as `1-30/7`. A value with
 * a step goes on to the end of the field.
 *
 * @throws NotCarried where it can not be read
 */
export function valuesOf(text: string, field: Field): number[] {
  const values = text.split(',').flatMap((part) => valuesOfPart(part, text, field));
  return [...new Set(values)].sort((a, b) => a - b);
}

/** Whether the values are all there are. */
export function isAll(values: readonly number[], { from, to }: Field): boolean {
  return values.length === to - from + 1;
}

function valuesOfPart(part: string, whole: string, field: Field): number[] {
  const match = PART.exec(part);
  if (!match) throw unread(part, whole, field);
  const [, first, last, step] = match;
  const start = first === undefined ? field.from : numberOf(first, whole, field);
  let end = last === undefined ? start : numberOf(last, whole, field);
  if (last === undefined && (first === undefined || step !== undefined)) end = field.to;
  if (end < start) {
    throw new NotCarried(
      `'${part}' of the ${field.name} runs backwards; write it as two ranges, such as ${start}-${field.to},${field.from}-${end}`,
    );
  }
  const width = Number(step ?? 1);
  if (width === 0) throw unread(part, whole, field);
  return Array.from({ length: Math.floor((end - start) / width) + 1 }, (_, i) => start + i * width);
}

function numberOf(text: string, whole: string, field: Field): number {
  const { from, to, names = [] } = field;
  const named = names.indexOf(text.toLowerCase());
  const value = named >= 0 ? from + named : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (value >= from && value <= to) return value;
  throw unread(text, whole, field);
}

function unread(part: string, whole: string, { name, from, to }: Field): NotCarried {
  const where = part === whole ? '' : ` in '${whole}'`;
  const mend = /~|^H/.test(part)
    ? 'a value chosen at random; choose one'
    : `no value, range or step of ${from} to ${to}`;
  return new NotCarried(`'${part}'${where} of the ${name} is ${mend}`);
}
