import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ScheduleError } from '../../core/schedule/error.ts';
import { resolveJob } from '../../core/schedule/resolve.ts';
import { checkTimeZone } from '../../core/schedule/time-zone.ts';
import { checkNames } from '../../infra/names.ts';
import { readApscheduler } from '../import/apscheduler.ts';
import { readCrontab } from '../import/crontab.ts';
import { type Entry, type Imported, NotCarried } from '../import/imported.ts';
import { sourceOf } from '../import/source.ts';
import { stubOf } from '../import/stub.ts';
import type { Out } from '../out.ts';
import { Misuse } from '../problem.ts';

interface ImportOptions {
  timeZone?: string;
  users?: boolean;
  stubs?: string;
}

/** `punctual import <format> <file>`. The exit code is 1 where a job could not be carried over. */
export async function run(
  [format = '', file = '']: readonly string[],
  options: ImportOptions,
  out: Out,
): Promise<number> {
  const { entries, remarks } = checked(read(format, file, options));
  if (options.stubs !== undefined) writeStubs(entries, options.stubs, out);
  out.answer({ entries, remarks }, () => {
    process.stdout.write(entries.map(sourceOf).join('\n'));
  });
  for (const { line, what, isLeftOut } of remarks.sort((a, b) => a.line - b.line))
    out.note(`line ${line}: ${isLeftOut ? 'left out: ' : ''}${what}`);
  return remarks.some(({ isLeftOut }) => isLeftOut) ? 1 : 0;
}

function read(format: string, file: string, { timeZone, users }: ImportOptions): Imported {
  if (format !== 'crontab' && format !== 'apscheduler') {
    throw new Misuse(
      `'${format}' is no format; write import crontab <file>, or import apscheduler <file>`,
    );
  }
  const zone = zoneOf(timeZone);
  const text = textOf(file);
  const context = { timeZone: zone, now: Date.now() };
  if (format === 'crontab') {
    const hasUsers = users ?? /\/etc\/(crontab$|cron\.d\/)/.test(file);
    return withZone(readCrontab(text, { ...context, hasUsers }), timeZone, text);
  }
  try {
    return withZone(readApscheduler(text, context), timeZone, text);
  } catch (error) {
    if (error instanceof NotCarried) throw new Misuse(`${file} ${error.message}`);
    throw error;
  }
}

function zoneOf(timeZone = 'UTC'): string {
  try {
    checkTimeZone('', timeZone);
    return timeZone;
  } catch (error) {
    throw new Misuse((error as ScheduleError).message.replace(/^job '': timeZone/, '--time-zone'));
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new Misuse(`can not read ${file}: ${(error as Error).message}`);
  }
}

/** Only what can be deployed is carried over: each entry is checked as the list will be. */
function checked({ entries, remarks }: Imported): Imported {
  const kept: Entry[] = [];
  for (const entry of entries) {
    try {
      checkNames([resolveJob(entry.name, entry.settings)]);
      kept.push(entry);
    } catch (error) {
      if (!(error instanceof ScheduleError)) throw error;
      remarks.push({ line: entry.line, what: error.message, isLeftOut: true });
    }
  }
  return { entries: kept, remarks };
}

/** Where nothing says in which zone the machine was, that has to be said. */
function withZone(imported: Imported, timeZone: string | undefined, text: string): Imported {
  const isOpen = imported.entries.some(
    ({ settings }) => settings.cron !== undefined && settings.timeZone === undefined,
  );
  if (!isOpen || timeZone !== undefined || /CRON_TZ|timezone/.test(text)) return imported;
  const what = 'the times are taken for UTC; if the machine was elsewhere, say --time-zone';
  return { ...imported, remarks: [{ line: 1, what, isLeftOut: false }, ...imported.remarks] };
}

/** Files with no code yet, where there are none. */
function writeStubs(entries: readonly Entry[], folder: string, out: Out): void {
  mkdirSync(folder, { recursive: true });
  for (const entry of entries.filter(({ handler }) => handler === undefined)) {
    const file = join(folder, `${entry.name}.ts`);
    if (existsSync(file)) out.note(`${file} is there already, and stays as it is`);
    else writeFileSync(file, stubOf(entry));
  }
}
