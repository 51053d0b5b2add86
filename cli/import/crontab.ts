import { checkTimeZone } from '../../core/schedule/time-zone.ts';
import { readCrontabTime } from './crontab-time.ts';
import { type Entry, type Imported, NotCarried, type Remark } from './imported.ts';
import { Names, nameOfCommand } from './names.ts';
import { inZone } from './zone.ts';

export interface CrontabOptions {
  /** Where it is read in: the zone of the machine that ran it. */
  timeZone: string;
  /** Whether each line names a user before its command, as /etc/crontab does. */
  hasUsers: boolean;
  /** Milliseconds since 1970. */
  now: number;
}

const SETTING = /^\s*["']?([A-Za-z_]\w*)["']?\s*=\s*(.*?)\s*$/;
const JOB = /^-?(@\S+|\S+\s+\S+\s+\S+\s+\S+\s+\S+)\s+(.+)$/;
/** What a job that is commented out looks like. A comment may begin with a number, too: words are names of months and days. */
const COMMENTED_OUT =
  /^#+\s*(@\w+|[\d*][\d*,/-]*(\s+([\d*,/-]|jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec|sun|mon|tue|wed|thu|fri|sat)+){4})\s+\S/i;
/** EventBridge's and Lambda's. */
const LONGEST_DESCRIPTION = 256;

/** Reads a crontab: of a user, or of the system. */
export function readCrontab(text: string, options: CrontabOptions): Imported {
  const reader = new Reader(options);
  for (const [i, line] of text.split(/\r?\n/).entries()) reader.read(line.trim(), i + 1);
  return { entries: reader.entries, remarks: reader.remarks };
}

class Reader {
  readonly entries: Entry[] = [];
  readonly remarks: Remark[] = [];
  readonly #options: CrontabOptions;
  readonly #names = new Names();
  /** Command -> the entry that has its code. */
  readonly #codes = new Map<string, Entry>();
  /** As the lines above have set it; a zone that does not exist leaves no line below readable. */
  #timeZone: string | undefined;
  /** In minutes, likewise. */
  #delay = 0;
  /** The comment just above. */
  #comment: string | undefined;

  constructor(options: CrontabOptions) {
    this.#options = options;
    this.#timeZone = options.timeZone;
  }

  read(text: string, line: number): void {
    if (text.startsWith('#')) {
      this.#readComment(text, line);
      return;
    }
    const comment = this.#comment;
    this.#comment = undefined;
    if (text === '') return;
    const [, name, value = ''] = SETTING.exec(text) ?? [];
    if (name !== undefined) {
      this.#set(name, unquoted(value), line);
      return;
    }
    try {
      this.#readJob(text, line, comment);
    } catch (error) {
      if (!(error instanceof NotCarried)) throw error;
      this.#leaveOut(line, error.message);
    }
  }

  #readComment(text: string, line: number): void {
    if (COMMENTED_OUT.test(text)) {
      this.#say(line, 'is commented out, and left out');
      return;
    }
    const words = text.replace(/^#+\s*/, '').trim();
    if (words !== '') this.#comment = words;
  }

  #set(name: string, value: string, line: number): void {
    if (name === 'CRON_TZ') {
      this.#setTimeZone(value, line);
    } else if (name === 'RANDOM_DELAY' && /^\d+$/.test(value)) {
      this.#delay = Number(value);
    } else if (name === 'TZ') {
      this.#say(
        line,
        'TZ is the zone of the commands, in most crons not that of the times; if it is, say --time-zone',
      );
    } else if (name === 'MAILTO') {
      if (value !== '')
        this.#say(line, 'MAILTO: alerts go to one topic; deploy with -c alertEmail=<address>');
    } else if (name === 'SHELL') {
      this.#say(line, 'SHELL: no shell runs a job; its code is a function');
    } else {
      this.#say(
        line,
        `${name} is not carried over; the code of a job has to set it, or to do without`,
      );
    }
  }

  #setTimeZone(value: string, line: number): void {
    try {
      checkTimeZone('', value);
      this.#timeZone = value;
    } catch {
      this.#timeZone = undefined;
      this.#say(line, `CRON_TZ: '${value}' is no IANA time zone; the lines below it are left out`);
    }
  }

  #readJob(text: string, line: number, comment: string | undefined): void {
    const [, time = '', rest = ''] = JOB.exec(text) ?? [];
    if (rest === '') throw new NotCarried('is no line of a crontab: five fields and a command');
    const times = readCrontabTime(time);
    if (this.#timeZone === undefined) throw new NotCarried('its CRON_TZ is no time zone');
    const command = this.#withoutUser(rest, line);
    if (/(?<!\\)%/.test(command)) {
      this.#say(line, 'what follows % was the input of the command; the code has to bring its own');
    }
    if (times.remark) this.#say(line, times.remark);
    for (const when of times.all) {
      const { settings, remark } = inZone(when, this.#timeZone, this.#options.now);
      if (remark) this.#say(line, remark);
      const description = (comment ?? command).slice(0, LONGEST_DESCRIPTION);
      const jitter = this.#delay > 0 ? { jitter: `${this.#delay} minutes` as const } : {};
      this.#add(line, command, { ...settings, ...jitter, description }, text);
    }
  }

  #add(line: number, command: string, settings: Entry['settings'], source: string): void {
    const code = this.#codes.get(command);
    const name = this.#names.take(code?.name ?? nameOfCommand(command));
    const entry: Entry = { line, name, settings, source, ...(code && { handler: code.name }) };
    if (!code) this.#codes.set(command, entry);
    this.entries.push(entry);
  }

  #withoutUser(rest: string, line: number): string {
    if (!this.#options.hasUsers) return rest;
    const [, user = '', command = ''] = /^(\S+)\s+(.+)$/.exec(rest) ?? [];
    if (command === '') throw new NotCarried('has no command after its user');
    this.#say(line, `runs as the role of its function, not as the user '${user}'`);
    return command;
  }

  #say(line: number, what: string): void {
    this.remarks.push({ line, what, isLeftOut: false });
  }

  #leaveOut(line: number, what: string): void {
    this.remarks.push({ line, what, isLeftOut: true });
  }
}

function unquoted(value: string): string {
  return /^(["']).*\1$/.test(value) ? value.slice(1, -1) : value;
}
