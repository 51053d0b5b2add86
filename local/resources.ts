import { join } from 'node:path';
import { Problem } from './problem.ts';
import { Resolver } from './resolve.ts';
import type { Assembly } from './template.ts';

export interface FunctionResource {
  name: string;
  arn: string;
  /** The folder of its bundle. */
  code: string;
  /** `file.export`. */
  handler: string;
  timeoutSeconds: number;
  memoryMb: number;
  environment: Record<string, string>;
  logGroup: string;
  /** How often Lambda runs a failed asynchronous invocation again: 0 to 2. */
  asyncRetries: number;
}

/** What EventBridge fires, and when. */
interface FiringResource {
  arn: string;
  expression: string;
  timeZone: string;
  /** Minutes after the nominal time within which EventBridge may fire; 0 is none. */
  windowMinutes: number;
  enabled: boolean;
  /** The name of the function it fires. */
  functionName: string;
  /** The event, with EventBridge's placeholders. */
  input: string;
}

/** A schedule of a job. */
export interface ScheduleResource extends FiringResource {
  /** The job in the event. */
  job: string;
}

/** A schedule of the stack itself: its event names no job, and its function leaves no rows. */
export interface OperatorResource extends FiringResource {
  name: string;
}

export interface TableResource {
  logicalId: string;
  name: string;
  keySchema: Array<{ AttributeName: string; KeyType: 'HASH' | 'RANGE' }>;
  attributes: Array<{ AttributeName: string; AttributeType: 'S' | 'N' | 'B' }>;
  indexes: Array<{
    IndexName: string;
    KeySchema: TableResource['keySchema'];
    Projection: Record<string, unknown>;
  }>;
}

export interface Resources {
  functions: FunctionResource[];
  schedules: ScheduleResource[];
  operators: OperatorResource[];
  tables: TableResource[];
}

/** CloudFormation properties, resolved; which of them are there is for each type of resource to say. */
// biome-ignore lint/suspicious/noExplicitAny: the template is data of foreign shape, read here and nowhere else
type Properties = Record<string, any>;

/**
 * The functions, schedules and tables of a synthesized stack as plain data.
 *
 * @throws Problem that names the resource the local cloud can not read
 */
export function resourcesOf(assembly: Assembly): Resources {
  const resolver = new Resolver(assembly);
  const each = <T>(types: string[], read: (id: string, properties: Properties) => T): T[] =>
    Object.entries(assembly.template.Resources)
      .filter(([, { Type }]) => types.includes(Type))
      .map(([id, { Properties: properties }]) =>
        read(id, resolver.value(properties ?? {}, id) as Properties),
      );

  const retries = new Map(
    each(['AWS::Lambda::EventInvokeConfig'], (_, properties) => [
      properties.FunctionName as string,
      properties.MaximumRetryAttempts as number | undefined,
    ]),
  );
  const functions = each(['AWS::Lambda::Function'], (id, properties) => ({
    name: resolver.nameOf(id),
    arn: resolver.arnOf(id),
    code: codeOf(id, properties, assembly),
    handler: properties.Handler,
    timeoutSeconds: properties.Timeout ?? 3,
    memoryMb: properties.MemorySize ?? 128,
    environment: properties.Environment?.Variables ?? {},
    logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${resolver.nameOf(id)}`,
    asyncRetries: retries.get(resolver.nameOf(id)) ?? 2,
  }));
  const byArn = new Map(functions.map((fn) => [fn.arn, fn.name]));
  const fired = each(['AWS::Scheduler::Schedule'], (id, properties) => {
    const resource = {
      arn: resolver.arnOf(id),
      expression: properties.ScheduleExpression,
      timeZone: properties.ScheduleExpressionTimezone ?? 'UTC',
      windowMinutes: properties.FlexibleTimeWindow?.MaximumWindowInMinutes ?? 0,
      enabled: properties.State !== 'DISABLED',
      functionName:
        byArn.get(properties.Target?.Arn) ??
        fail(id, `fires ${properties.Target?.Arn}, which is no function of the stack`),
      input: properties.Target.Input ?? fail(id, 'its target has no Input'),
    };
    const job = jobOf(id, properties.Target.Input);
    return job === undefined ? { ...resource, name: resolver.nameOf(id) } : { ...resource, job };
  });
  return {
    functions,
    schedules: fired.filter((schedule) => 'job' in schedule),
    operators: fired.filter((schedule) => 'name' in schedule),
    tables: each(
      ['AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table'],
      (logicalId, properties) => ({
        logicalId,
        name: resolver.nameOf(logicalId),
        keySchema: properties.KeySchema,
        attributes: properties.AttributeDefinitions,
        indexes: (properties.GlobalSecondaryIndexes ?? []).map((index: Properties) => ({
          IndexName: index.IndexName,
          KeySchema: index.KeySchema,
          Projection: index.Projection,
        })),
      }),
    ),
  };
}

function codeOf(id: string, { Code }: Properties, assembly: Assembly): string {
  const path = assembly.assets.get(Code?.S3Key);
  return path === undefined ? fail(id, 'its code is no asset of the app') : join(path);
}

/** The job that an event is for; an operator's has none. */
function jobOf(id: string, input = ''): string | undefined {
  try {
    const { job } = JSON.parse(input);
    if (job === undefined || typeof job === 'string') return job;
  } catch {
    // said below
  }
  return fail(id, `its Input is not JSON, or its 'job' is no text: ${input}`);
}

function fail(id: string, problem: string): never {
  throw new Problem(`resource ${id}: ${problem}`);
}
