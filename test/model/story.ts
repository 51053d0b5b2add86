import type { Explorer, Found } from './explorer.ts';
import type { LocalState } from './local-states.ts';
import type { Answer, Request } from './memory-dynamodb.ts';
import { DISPATCHED } from './process.ts';
import { EPOCH, TICKS, timeAt } from './scenario.ts';
import type { Step } from './step.ts';
import type { World } from './world.ts';

/** A counterexample as lines to read: when, who, what, and what came of it. */
export async function tell(explorer: Explorer, { violation, steps }: Found): Promise<string[]> {
  const lines: string[] = [];
  const { world } = explorer;
  let state = world.initial();
  for (const step of steps) {
    const before = state;
    state = (await world.take(state, step)).state;
    const at = (timeAt(world.scenario, world.momentOf(before)) - EPOCH) / 1000;
    lines.push(`${`${at} s`.padStart(7)}  ${describe(world, step, before, state)}`);
  }
  return [...lines, `         => ${violation}`];
}

function describe(
  world: World,
  { kind, index }: Step,
  before: Int32Array,
  after: Int32Array,
): string {
  const { scenario, locals } = world;
  if (kind === 'pass') return `time passes; ${killed(world, before, after)}`;
  if (kind === 'pause') return 'somebody pauses the job';
  if (kind === 'arrive') {
    const id = world.lateRequest(before, index);
    return `the network delivers a late copy of ${sent(locals.requests[id])}: ${answered(world, id, before)}`;
  }
  const spec = scenario.processes[index];
  const who = `p${index}`;
  if (kind === 'start') {
    const next = doing(world.localOf(after, index));
    if (spec?.kind === 'sweep') return `${who}, a sweep, starts; ${next}`;
    if (spec?.kind === 'finalizer')
      return `${who} is told of the end of p${spec.of}: ${world.deathOf(before, spec.of)?.how}; ${next}`;
    const clock = spec?.skew ? `, its clock ${spec.skew / 1000} s off` : '';
    return `${who} starts: ${spec?.job} ${TICKS[spec?.tick ?? 0]?.slice(11)}, attempt ${spec?.attempt}, request ${spec?.requestId}${clock}; ${next}`;
  }
  const local = world.localOf(before, index);
  const then = world.localOf(after, index);
  // Where the write itself broke something, nobody heard of it any more.
  const next = then?.id === local?.id ? 'and there it ends' : doing(then);
  switch (kind) {
    case 'answer':
      return `${who} hears of its ${sent(locals.requests[local?.request ?? -1])}: ${answered(world, local?.request ?? -1, before)}; ${next}`;
    case 'lost':
      return `${who}'s ${sent(locals.requests[local?.request ?? -1])} is applied and its answer lost; it sends it again`;
    case 'late':
      return `a copy of ${who}'s ${sent(locals.requests[local?.request ?? -1])} is stuck in the network`;
    case 'away':
      return `the store answers none of ${who}'s tries of ${sent(locals.requests[local?.request ?? -1])}; ${next}`;
    case 'crash':
      return `${who} dies`;
    case 'give up':
      return `${who}'s code ignores its signal and is given up, still running; ${next}`;
    case 'heed':
      return `${who}'s code heeds its signal; ${next}`;
    default:
      return `${who}'s code ${kind}s; ${next}`;
  }
}

function killed(world: World, before: Int32Array, after: Int32Array): string {
  const names = world.scenario.processes.flatMap((_, index) =>
    world.localOf(before, index) && !world.localOf(after, index) ? [`p${index}`] : [],
  );
  return names.length > 0
    ? `Lambda kills ${names.join(' and ')} at the deadline`
    : 'nothing happens';
}

function doing(local: LocalState | undefined): string {
  if (!local) return 'it is gone';
  const { waiting, codeRuns } = local;
  if (waiting.kind === 'store') return `it sends ${sent(waiting.request)}`;
  if (codeRuns) return 'its code runs';
  if (waiting.kind === 'code') return 'it waits';
  if (waiting.error) return `it ends: ${waiting.error.message}`;
  const { status, reason } = waiting.outcome ?? {};
  return `it ends${status ? ` as ${status}${reason ? `, ${reason}` : ''}` : ''}`;
}

/** A request by what it does; told from its effect, since a mutation may have changed its condition. */
function sent(request: Request | undefined): string {
  if (!request) return 'request';
  if (request.kind === 'put') {
    const { status, fence } = request.input.Item ?? {};
    return `record ${status?.S} (fence ${fence?.N})`;
  }
  if (request.kind === 'get') {
    const { TableName, Key } = request.input;
    return TableName === 'locks'
      ? 'read of the lock'
      : `read of the row ${Key?.tick?.S?.slice(11)}`;
  }
  const { ExpressionAttributeValues: values = {} } = request.input;
  if (request.input.TableName === DISPATCHED) {
    const [asked] = Object.values(request.input.ExpressionAttributeNames ?? {});
    return `request to deliver ${asked}`;
  }
  const token = JSON.stringify(values).match(/p\d+\.\d+/)?.[0] ?? '';
  if (':place' in values && !(':holder' in values)) return 'request for a place in the queue';
  if (':pause' in values && !(':holder' in values)) return 'pause';
  if (':breaker' in values) return 'end of the pause';
  if (':token' in values) return `release (${token})`;
  if (':fence' in values) return `create (${token})`;
  if (!(':holder' in values)) return 'change of the lock';
  return ':seen' in values
    ? `take-over (${token}, seen fence ${values[':seen']?.N})`
    : `acquire (${token})`;
}

function answered(world: World, id: number, state: Int32Array): string {
  const request = world.locals.requests[id];
  if (!request) return 'nothing';
  const slot = world.store.slotOf(id, request);
  const { answer } = world.store.apply(id, request, state[2 + slot] as number);
  return told(world.store.answers[answer]);
}

function told(answer: Answer | undefined): string {
  if (answer?.kind === 'refused') return 'refused';
  const fence = answer?.output.Attributes?.fence?.N;
  if (fence) return `granted, fencing token ${fence}`;
  return answer?.output.Item ? 'there it is' : 'done';
}
