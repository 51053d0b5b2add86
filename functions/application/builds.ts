import type { Owed } from './mail.ts';
import { change, todo } from './table.ts';

/** One build of a project. */
export interface Build {
  kind: 'build';
  id: string;
  project: string;
  /** E-mail address of who hears how it ended. */
  owner: string;
  state: 'running' | 'finished' | 'failed';
  /** Why it failed; `stuck` where it never ended by itself. */
  reason?: string;
  /** ISO 8601, as all times here. */
  startedAt: string;
  endedAt?: string;
  /** Gone once its e-mail was sent, so that the index holds only what is still to do. */
  todo?: 'build.running' | 'build.finished' | 'build.failed';
  /** When it came to what `todo` says. */
  since: string;
  mailedAt?: string;
  /** Which sending took the e-mail. */
  mailToken?: string;
}

/** Builds that run since before `start`. */
export function runningSince(start: Date): AsyncGenerator<Build> {
  return todo<Build>('build.running', { before: start });
}

/** Builds that ended so and whose e-mail is still owed. */
export function unmailed(state: 'finished' | 'failed'): AsyncGenerator<Build> {
  return todo<Build>(`build.${state}`);
}

/** Fails a build as stuck, unless it ended, or was started anew, in the meantime. */
export function failStuck(build: Build, now: Date): Promise<boolean> {
  return change(build, {
    update: 'SET #state = :failed, reason = :stuck, endedAt = :now, todo = :todo, since = :now',
    condition: '#state = :running AND startedAt = :startedAt',
    values: {
      ':failed': 'failed',
      ':running': 'running',
      ':stuck': 'stuck',
      ':startedAt': build.startedAt,
      ':todo': 'build.failed',
      ':now': now.toISOString(),
    },
  });
}

/** The e-mail that is owed for a build that ended. */
export function owedFor(build: Build, subject: string, text: string): Owed {
  return {
    about: build.id,
    mail: { to: build.owner, subject, text },
    take: (token, now) =>
      change(build, {
        update: 'SET mailedAt = :now, mailToken = :token REMOVE todo',
        // The second half: my own write, whose answer was lost and which the SDK sent again.
        condition: 'todo = :todo OR mailToken = :token',
        values: { ':todo': build.todo, ':token': token, ':now': now.toISOString() },
      }),
    putBack: (token) =>
      change(build, {
        update: 'SET todo = :todo REMOVE mailedAt, mailToken',
        condition: 'mailToken = :token AND attribute_not_exists(todo)',
        values: { ':todo': build.todo, ':token': token },
      }),
  };
}
