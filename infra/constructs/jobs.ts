import type { ILogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct, type IDependable } from 'constructs';
import { baseOf } from '../../core/run/made.ts';
import type { CodeOf } from '../code.ts';
import type { ListedJob } from '../list.ts';
import type { Application } from './application.ts';
import type { Deliveries } from './deliveries.ts';
import { Fleet } from './fleet.ts';
import { JobFunction } from './job.ts';
import type { Ledger } from './ledger.ts';
import { createSchedules } from './schedules.ts';

export interface JobsProps {
  jobs: readonly ListedJob[];
  /** In how many stacks they lie; see `layoutOf`. */
  shards: number;
  codeOf: CodeOf;
  application: Application;
  ledger: Ledger;
  deliveries: Deliveries;
  logs: ILogGroup;
}

/** The jobs of the list, each with its function and its schedules: in the stack itself, or in a fleet. */
export class Jobs extends Construct {
  /** What has to be there before anybody expects a tick: the schedules, or the stacks they lie in. */
  readonly schedules: readonly IDependable[];

  constructor(scope: Construct, id: string, { jobs, shards, ...props }: JobsProps) {
    super(scope, id);
    const fleet = shards === 1 ? undefined : new Fleet(this, { shards, jobs, ...props });
    const homeOf = (name: string) => fleet?.homeOf(name) ?? this;
    const functions = this.#functions(jobs, fleet, props);
    const schedules = jobs.flatMap((job) => {
      const { name, pool } = job;
      const own = functions.get(baseOf(name)) as JobFunction;
      // A scope of its own: a job may have any name.
      const scope = pool === undefined ? own : new Construct(homeOf(name), name);
      const target = fleet?.reach(own.function, name) ?? own.function;
      const made = createSchedules(scope, { job, target, deliveries: props.deliveries, shards });
      fleet?.sign(name, made);
      return made;
    });
    this.schedules = fleet?.stacks ?? schedules;
  }

  /** One a job, or a pool of them, by its name. */
  #functions(
    jobs: readonly ListedJob[],
    fleet: Fleet | undefined,
    { codeOf, application, ...shared }: Omit<JobsProps, 'jobs' | 'shards'>,
  ): Map<string, JobFunction> {
    const membersOf = Map.groupBy(jobs, ({ group }) => group?.name);
    const functions = new Map<string, JobFunction>();
    for (const job of jobs) {
      const name = baseOf(job.name);
      if (functions.has(name)) continue;
      const sharing = job.group && membersOf.get(job.group.name)?.map(({ name }) => name);
      const own = { name, job, members: sharing ?? [name], code: codeOf(job.entry) };
      const home = job.pool === undefined ? fleet?.homeOf(name) : fleet?.homeOfPool(name);
      const made = new JobFunction(home ?? this, name, { ...own, ...shared });
      application.grant(made.function, job.access);
      functions.set(name, made);
    }
    return functions;
  }
}
