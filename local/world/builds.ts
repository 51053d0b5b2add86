import type { Build } from '../../functions/application/builds.ts';
import { oneOf, type Random } from './random.ts';

const MINUTE = 60_000;
const PROJECTS = ['atlas', 'borealis', 'cumulus', 'delta', 'ember'] as const;
const OWNERS = ['ada', 'grace', 'edsger', 'barbara', 'donald', 'leslie'] as const;
const REASONS = ['tests failed', 'out of memory', 'does not compile'] as const;

/** A running build and how it will end; one without an end gets stuck. */
interface Plan {
  build: Build;
  end?: { at: number; reason?: string };
}

/** What builds did between two instants. */
export interface BuildNews {
  started: Build[];
  ended: Build[];
}

/** Projects that start two builds or so in four minutes; one in twelve never ends by itself. */
export function createBuilds(random: Random) {
  const running = new Set<Plan>();
  let count = 0;

  function start(at: number): Plan {
    count += 1;
    const startedAt = new Date(at).toISOString();
    const build: Build = {
      kind: 'build',
      id: `b${String(count).padStart(4, '0')}`,
      project: oneOf(random, PROJECTS),
      owner: `${oneOf(random, OWNERS)}@example.com`,
      state: 'running',
      startedAt,
      todo: 'build.running',
      since: startedAt,
    };
    const fate = random();
    // Well below the 30 minutes after which a build counts as stuck.
    const end = at + (3 + random() * 20) * MINUTE;
    if (fate < 1 / 12) return { build };
    if (fate < 0.3) return { build, end: { at: end, reason: oneOf(random, REASONS) } };
    return { build, end: { at: end } };
  }

  /** What happened after `from`, up to and including `to` (both in ms). */
  function step(from: number, to: number): BuildNews {
    const started: Build[] = [];
    for (let left = Math.floor(1 + random() * 3); left > 0; left -= 1) {
      const plan = start(to - Math.floor(random() * (to - from)));
      running.add(plan);
      started.push(plan.build);
    }
    const ended: Build[] = [];
    for (const plan of running) {
      if (plan.end && plan.end.at > to) continue;
      if (plan.end) ended.push(afterEnd(plan.build, plan.end));
      // A stuck one is the job's to fail: nothing here ever touches it again.
      running.delete(plan);
    }
    return { started, ended };
  }

  return { step };
}

function afterEnd(build: Build, { at, reason }: { at: number; reason?: string }): Build {
  const state = reason ? 'failed' : 'finished';
  const endedAt = new Date(at).toISOString();
  return {
    ...build,
    state,
    ...(reason && { reason }),
    endedAt,
    todo: `build.${state}`,
    since: endedAt,
  };
}
