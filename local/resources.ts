import { join } from 'node:path';
import {
  type EventSourceResource,
  eventSourcesOf,
  type QueueResource,
  queuesOf,
  requireQueue,
} from './queue-resources.ts';
import { type OperatorResource, type ScheduleResource, schedulesOf } from './schedule-resources.ts';
import type { Assembly } from './template.ts';
import { fail, type Properties, TemplateReader } from './template-reader.ts';

export type { EventSourceResource, OperatorResource, QueueResource, ScheduleResource };

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
  /** How old an asynchronous event may be when it is run again. */
  maximumEventAgeSeconds: number;
  /** The queue that is told of an asynchronous invocation that failed for good. */
  onFailureArn?: string;
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
  stackName: string;
  functions: FunctionResource[];
  schedules: ScheduleResource[];
  operators: OperatorResource[];
  /** Names. */
  scheduleGroups: string[];
  queues: QueueResource[];
  eventSources: EventSourceResource[];
  /** ARNs of what messages are published to. */
  topics: string[];
  /** ARNs. */
  roles: string[];
  tables: TableResource[];
}

/** Lambda's defaults for asynchronous invocations. */
const ASYNC_RETRIES = 2;
const ASYNC_AGE_SECONDS = 21_600;

/**
 * The functions, schedules, queues and tables of a synthesized stack as plain data.
 *
 * @throws Problem that names the resource the local cloud can not read
 */
export function resourcesOf(assembly: Assembly): Resources {
  const reader = new TemplateReader(assembly);
  const queues = queuesOf(reader);
  const functions = functionsOf(reader, queues);
  return {
    stackName: assembly.stackName,
    functions,
    ...schedulesOf(reader, queues),
    scheduleGroups: reader.of('AWS::Scheduler::ScheduleGroup').map(({ name }) => name),
    queues,
    eventSources: eventSourcesOf(reader, queues, (reference) =>
      functions.find(({ name, arn }) => name === reference || arn === reference),
    ),
    topics: reader.of('AWS::SNS::Topic').map(({ arn }) => arn),
    // Not their properties: policies refer to what nobody else has to know.
    roles: reader.of('AWS::IAM::Role').map(({ arn }) => arn),
    tables: tablesOf(reader),
  };
}

function functionsOf(reader: TemplateReader, queues: QueueResource[]): FunctionResource[] {
  const asynchronous = new Map(
    reader.of('AWS::Lambda::EventInvokeConfig').map(({ id, properties }) => {
      const onFailureArn = properties.DestinationConfig?.OnFailure?.Destination;
      if (onFailureArn) requireQueue(id, 'failures go', onFailureArn, queues);
      return [properties.FunctionName as string, { ...properties, onFailureArn }] as const;
    }),
  );
  return reader.of('AWS::Lambda::Function').map(({ id, name, arn, properties }) => {
    const config: Properties = asynchronous.get(name) ?? asynchronous.get(arn) ?? {};
    return {
      name,
      arn,
      code: codeOf(id, properties, reader.assembly),
      handler: properties.Handler,
      timeoutSeconds: properties.Timeout ?? 3,
      memoryMb: properties.MemorySize ?? 128,
      environment: properties.Environment?.Variables ?? {},
      logGroup: properties.LoggingConfig?.LogGroup ?? `/aws/lambda/${name}`,
      asyncRetries: config.MaximumRetryAttempts ?? ASYNC_RETRIES,
      maximumEventAgeSeconds: config.MaximumEventAgeInSeconds ?? ASYNC_AGE_SECONDS,
      ...(config.onFailureArn && { onFailureArn: config.onFailureArn }),
    };
  });
}

function tablesOf(reader: TemplateReader): TableResource[] {
  const tables = reader.of('AWS::DynamoDB::GlobalTable', 'AWS::DynamoDB::Table');
  return tables.map(({ id, name, properties }) => ({
    logicalId: id,
    name,
    keySchema: properties.KeySchema,
    attributes: properties.AttributeDefinitions,
    indexes: (properties.GlobalSecondaryIndexes ?? []).map((index: Properties) => ({
      IndexName: index.IndexName,
      KeySchema: index.KeySchema,
      Projection: index.Projection,
    })),
  }));
}

function codeOf(id: string, { Code }: Properties, assembly: Assembly): string {
  const path = assembly.assets.get(Code?.S3Key);
  return path === undefined ? fail(id, 'its code is no asset of the app') : join(path);
}
