import { type CfnResource, NestedStack, Stack } from 'aws-cdk-lib';
import { type IFunction, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct, type IDependable } from 'constructs';
import { baseOf } from '../../core/run/made.ts';
import type { ListedJob } from '../list.ts';
import { shardOf } from '../size.ts';
import { tellJobs } from './catalogue.ts';
import type { Deliveries } from './deliveries.ts';

const HOME = 'Jobs';

export interface FleetProps {
  jobs: readonly ListedJob[];
  /** How many nested stacks there may be; of those that would be empty there is none. */
  shards: number;
  deliveries: Deliveries;
}

/**
 * The nested stacks of a list that is too long for one. What lies where follows from its name alone, and no
 * nested stack refers to another: a job that comes or goes changes its own, and no other.
 */
export class Fleet {
  readonly #shards = new Map<number, NestedStack>();
  readonly #props: FleetProps;
  readonly #scope: Construct;

  constructor(scope: Construct, props: FleetProps) {
    this.#scope = scope;
    this.#props = props;
    const byShard = Map.groupBy(props.jobs, ({ name }) => shardOf(name, props.shards));
    for (const [shard, jobs] of byShard) tellJobs(this.#shard(shard), jobs);
  }

  get stacks(): IDependable[] {
    return [...this.#shards.values()].map((shard) => shard.nestedStackResource as CfnResource);
  }

  /** Where what has this name lies. */
  homeOf(name: string): Construct {
    return this.#shard(shardOf(name, this.#props.shards)).node.findChild(HOME) as Construct;
  }

  /**
   * A job's function, as its schedules refer to it. That of a pool may lie in another stack: then by its name,
   * because a reference would tie the two stacks together.
   */
  reach(fn: IFunction, job: string): IFunction {
    const shard = Stack.of(this.homeOf(job));
    if (Stack.of(fn) === shard) return fn;
    const pool = baseOf(job);
    const id = `Pool ${pool}`;
    const known = shard.node.tryFindChild(id) as IFunction | undefined;
    return (
      known ?? LambdaFunction.fromFunctionArn(shard, id, this.#props.deliveries.functionArn(pool))
    );
  }

  #shard(index: number): NestedStack {
    const known = this.#shards.get(index);
    if (known) return known;
    const { deliveries, shards } = this.#props;
    const made = new NestedStack(this.#scope, `Shard${index + 1}`, {
      description: `Jobs of Punctual, part ${index + 1} of ${shards}`,
      suppressTemplateIndentation: true,
    });
    // Its schedules name their group as text, from which CloudFormation sees no order.
    made.nestedStackResource?.addResourceDependency(
      deliveries.group.node.defaultChild as CfnResource,
    );
    // The jobs in a scope of their own: one may have any name.
    new Construct(made, HOME);
    this.#shards.set(index, made);
    return made;
  }
}
