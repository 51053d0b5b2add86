import { createHash } from 'node:crypto';
import { type CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IDependable } from 'constructs';
import { deployedOf } from '../../core/run/limits.ts';
import { baseOf } from '../../core/run/made.ts';
import type { ListedJob } from '../list.ts';
import { shardOf } from '../size.ts';
import { tellJobs } from './catalogue.ts';
import type { Deliveries } from './deliveries.ts';

const HOME = 'Jobs';

const DESCRIBED = { Shard: 'Jobs', Pools: 'Functions of pools' };
type Kind = keyof typeof DESCRIBED;

export interface FleetProps {
  jobs: readonly ListedJob[];
  /** Over how many nested stacks the jobs are spread; of those that would be empty there is none. */
  shards: number;
  deliveries: Deliveries;
}

/**
 * The nested stacks of a list that is too long for one. What lies where follows from its name alone, and no
 * nested stack refers to another: a job that comes or goes changes its own, and no other; one of a group
 * also those of its members, whose policies name it.
 *
 * The functions of pools have stacks of their own, for which those with their schedules wait: a schedule that is
 * there first would fire at nothing.
 */
export class Fleet {
  readonly #stacks = new Map<string, NestedStack>();
  readonly #unsigned: Map<number, string>;
  readonly #props: FleetProps;
  readonly #scope: Construct;

  constructor(scope: Construct, props: FleetProps) {
    this.#scope = scope;
    this.#props = props;
    const byShard = Map.groupBy(props.jobs, ({ name }) => shardOf(name, props.shards));
    for (const [shard, jobs] of byShard) tellJobs(this.#stack('Shard', shard), jobs);
    this.#unsigned = new Map([...byShard].map(([shard, jobs]) => [shard, digestOf(jobs)]));
  }

  get stacks(): IDependable[] {
    return [...this.#stacks.values()].map(resourceOf);
  }

  /** Where a job lies: its schedules, and its function where that is its own. */
  homeOf(job: string): Construct {
    return this.#home('Shard', job);
  }

  /** Where the function of a pool lies. */
  homeOfPool(pool: string): Construct {
    return this.#home('Pools', pool);
  }

  /**
   * Has CloudFormation see that what a template's metadata says of its jobs has changed, where nothing else has: it
   * takes no change of that alone. One resource of each nested stack says so, the first that is offered.
   *
   * https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/metadata-section-structure.html
   */
  sign(job: string, schedules: readonly Construct[]): void {
    const shard = shardOf(job, this.#props.shards);
    const digest = this.#unsigned.get(shard);
    const resource = schedules[0]?.node.defaultChild as CfnResource | undefined;
    if (!digest || !resource) return;
    resource.addMetadata('Punctual', digest);
    this.#unsigned.delete(shard);
  }

  /**
   * A job's function, as its schedules refer to it. That of a pool lies in another stack: then by its name,
   * because a reference would hand it from stack to stack as a parameter.
   */
  reach(fn: IFunction, job: string): IFunction {
    const shard = Stack.of(this.homeOf(job));
    if (Stack.of(fn) === shard) return fn;
    const pool = baseOf(job);
    const id = `Pool ${pool}`;
    const known = shard.node.tryFindChild(id) as IFunction | undefined;
    if (known) return known;
    resourceOf(shard).addResourceDependency(resourceOf(Stack.of(fn)));
    return LambdaFunction.fromFunctionArn(shard, id, this.#props.deliveries.functionArn(pool));
  }

  #home(kind: Kind, name: string): Construct {
    const stack = this.#stack(kind, shardOf(name, this.#props.shards));
    return stack.node.findChild(HOME) as Construct;
  }

  #stack(kind: Kind, shard: number): NestedStack {
    const id = `${kind}${shard + 1}`;
    const known = this.#stacks.get(id);
    if (known) return known;
    const { deliveries, shards } = this.#props;
    const made = new NestedStack(this.#scope, id, {
      description: `${DESCRIBED[kind]} of Punctual, part ${shard + 1} of ${shards}`,
      suppressTemplateIndentation: true,
    });
    // Its schedules name their group as text, from which CloudFormation sees no order.
    resourceOf(made).addResourceDependency(deliveries.group.node.defaultChild as CfnResource);
    // The jobs in a scope of their own: one may have any name.
    new Construct(made, HOME);
    this.#stacks.set(id, made);
    return made;
  }
}

function resourceOf({ nestedStackResource }: Stack): CfnResource {
  return nestedStackResource as CfnResource;
}

function digestOf(jobs: readonly ListedJob[]): string {
  return createHash('sha256')
    .update(JSON.stringify(jobs.map(deployedOf)))
    .digest('hex');
}
