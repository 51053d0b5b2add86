/** The ledger's tables, as the stack tells every function of its own (see `infra/constructs/function.ts`). */
export interface TableSettings {
  locksTable: string;
  runsTable: string;
}

/** What the stack tells a job's function, through its environment (see `infra/constructs/job.ts`). */
export interface FunctionSettings extends TableSettings {
  job: string;
  /** Milliseconds. */
  misfireGrace: number;
}

type Variables = Record<string, string | undefined>;

/** @throws Error naming the variable that the stack should have set. */
export function readTables(environment: Variables): TableSettings {
  return {
    locksTable: get(environment, 'PUNCTUAL_LOCKS_TABLE'),
    runsTable: get(environment, 'PUNCTUAL_RUNS_TABLE'),
  };
}

/** @throws Error naming the variable that the stack should have set. */
export function readSettings(environment: Variables): FunctionSettings {
  return {
    ...readTables(environment),
    job: get(environment, 'PUNCTUAL_JOB'),
    misfireGrace: Number(get(environment, 'PUNCTUAL_MISFIRE_GRACE_SECONDS')) * 1000,
  };
}

function get(environment: Variables, name: string): string {
  const value = environment[name];
  if (!value) throw new Error(`the environment has no ${name}; deploy this function with infra/`);
  return value;
}
