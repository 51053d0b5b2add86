import { unmarshall } from '@aws-sdk/util-dynamodb';
import type { Note } from '../operations/note.ts';
import type { Item } from './update.ts';

/** A job's name has no colon, so that no job's rows are under such a key. */
export const NOTE_KEY = 'note:';

/** Where a note is in the runs table. */
export function keyOf({ job, at, id }: Pick<Note, 'job' | 'at' | 'id'>): Record<string, string> {
  return { job: NOTE_KEY + job, tick: `${at}#${id}` };
}

export function noteOf(item: Item): Note {
  const { job, tick, about, attention: _, expiresAt: __, ...rest } = unmarshall(item);
  const [at, id] = tick.split('#');
  const note = { ...rest, job: job.slice(NOTE_KEY.length), at, id };
  return { ...note, ...(about !== undefined && { tick: about }) } as Note;
}
