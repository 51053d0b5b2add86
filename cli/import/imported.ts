import type { Settings } from '../../core/schedule/settings.ts';

/** What one line of an old schedule became: an entry of the list. */
export interface Entry {
  /** Where it stood, from 1. */
  line: number;
  /** The job's name. */
  name: string;
  /** The file with its code, where another entry's code is the same. */
  handler?: string;
  settings: Settings;
  /** What it was, in one line, for whoever writes the code. */
  source: string;
}

/** What a reader of the new list has to know of an old line. */
export interface Remark {
  line: number;
  what: string;
  /** Whether the line is a job that became no entry. */
  isLeftOut: boolean;
}

/** What became of an old schedule. */
export interface Imported {
  entries: Entry[];
  remarks: Remark[];
}

/** A line that can not be carried over: why, and the mend. */
export class NotCarried extends Error {
  override readonly name = 'NotCarried';
}
