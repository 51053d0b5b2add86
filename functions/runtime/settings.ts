import type { RunLimits } from '../../core/run/limits.ts';

/** The ledger's tables, as the stack tells every function of its own (see `infra/constructs/function.ts`). */
export interface TableSettings {
  locksTable: string;
  runsTable: string;
}

/** What the stack tells the functions that watch over the jobs. */
export interface OperatorSettings extends TableSettings {
  /** The group of all schedules; it has the stack's name. */
  group: string;
  /** What the names of the jobs' functions begin with; see `functionName`. */
  functions: string;
  /** ARN of the role that EventBridge takes on to call a function. */
  firingRole: string;
  /** ARN of the queue for what died, or could not be delivered. */
  deadLetters: string;
}

/** What the stack tells the sweeper besides. */
export interface SweeperSettings extends OperatorSettings {
  /** ARN of the topic that people hear of trouble from. */
  alertsTopic: string;
  /** Such as `eu-central-1`; Lambda sets it. */
  region: string;
}

/** What the stack tells the finalizer besides. */
export interface FinalizerSettings extends OperatorSettings {
  /** How often a message is brought before it ends in the dead letters. */
  mostTries: number;
}

/** What the stack tells a job's function (see `infra/constructs/job.ts`). */
export interface FunctionSettings extends OperatorSettings {
  job: string;
  limits: RunLimits;
}

type Variables = Record<string, string | undefined>;

/** @throws Error naming the variable that the stack should have set. */
export function readOperator(environment: Variables): OperatorSettings {
  return {
    locksTable: get(environment, 'PUNCTUAL_LOCKS_TABLE'),
    runsTable: get(environment, 'PUNCTUAL_RUNS_TABLE'),
    group: get(environment, 'PUNCTUAL_GROUP'),
    functions: get(environment, 'PUNCTUAL_FUNCTIONS'),
    firingRole: get(environment, 'PUNCTUAL_FIRING_ROLE'),
    deadLetters: get(environment, 'PUNCTUAL_DEAD_LETTERS'),
  };
}

/** @throws Error naming the variable that the stack should have set. */
export function readSweeper(environment: Variables): SweeperSettings {
  return {
    ...readOperator(environment),
    alertsTopic: get(environment, 'PUNCTUAL_ALERTS_TOPIC'),
    region: get(environment, 'AWS_REGION'),
  };
}

/** @throws Error naming the variable that the stack should have set, or set wrongly. */
export function readFinalizer(environment: Variables): FinalizerSettings {
  const mostTries = Number(get(environment, 'PUNCTUAL_MOST_TRIES'));
  // Compared with what is no number, every try would be one of many.
  if (!(mostTries >= 1))
    throw new Error('PUNCTUAL_MOST_TRIES is no number; deploy this function with infra/');
  return { ...readOperator(environment), mostTries };
}

/** @throws Error naming the variable that the stack should have set, or set wrongly. */
export function readSettings(environment: Variables): FunctionSettings {
  return {
    ...readOperator(environment),
    job: get(environment, 'PUNCTUAL_JOB'),
    limits: readLimits(environment, 'PUNCTUAL_LIMITS'),
  };
}

function readLimits(environment: Variables, name: string): RunLimits {
  const text = get(environment, name);
  try {
    return JSON.parse(text);
  } catch {
    throw new Error(`${name} is not JSON: ${text}; deploy this function with infra/`);
  }
}

function get(environment: Variables, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`the environment has no ${name}; deploy this function with infra/`);
  return value;
}
