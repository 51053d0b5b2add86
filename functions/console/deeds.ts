import type { Action, Note } from '../../core/operations/note.ts';
import type { Deed } from './frame.ts';

/** What an action is called, and what is asked before it is done. */
interface Words {
  label: string;
  ask(deed: Deed): string;
}

export const DEEDS: Record<Action, Words> = {
  run: {
    label: 'Run now',
    ask: ({ job }) => `Run ${job} now? It is a run of its own, beside those of its schedule.`,
  },
  pause: {
    label: 'Pause',
    ask: ({ job }) =>
      `Pause ${job}? Its ticks are skipped while it is paused; what runs now goes on.`,
  },
  resume: {
    label: 'Resume',
    ask: ({ job }) => `Resume ${job}? It runs again from its next tick on.`,
  },
  retry: {
    label: 'Try again',
    ask: ({ job, tick }) => `Try ${job} ${tick} again now?`,
  },
  reset: {
    label: 'Forget failures',
    ask: ({ job }) => `Forget the failures of ${job}? It pauses itself only after as many again.`,
  },
  unlock: {
    label: 'Unlock',
    ask: ({ job }) => `Free the lock of ${job}? The run that holds it is dead.`,
  },
};

/** What the audit has beside what the console can do. */
const OTHERS: Record<Exclude<Note['what'], Action>, string> = {
  backfill: 'Backfill',
  prune: 'Prune',
  schedule: 'Schedule',
  unschedule: 'Unschedule',
  dead_letter: 'Dead letter',
};

export function nameOf(what: Note['what']): string {
  return isOther(what) ? OTHERS[what] : DEEDS[what].label;
}

function isOther(what: Note['what']): what is keyof typeof OTHERS {
  return what in OTHERS;
}
