/** What the stack tells a job's function, through its environment (see `infra/constructs/job.ts`). */
export interface FunctionSettings {
  job: string;
  locksTable: string;
  runsTable: string;
  /** Milliseconds. */
  misfireGrace: number;
}

/** @throws Error naming the variable that the stack should have set. */
export function readSettings(environment: Record<string, string | undefined>): FunctionSettings {
  const get = (name: string) => {
    const value = environment[name];
    if (!value) throw new Error(`the environment has no ${name}; deploy this function with infra/`);
    return value;
  };
  return {
    job: get('PUNCTUAL_JOB'),
    locksTable: get('PUNCTUAL_LOCKS_TABLE'),
    runsTable: get('PUNCTUAL_RUNS_TABLE'),
    misfireGrace: Number(get('PUNCTUAL_MISFIRE_GRACE_SECONDS')) * 1000,
  };
}
