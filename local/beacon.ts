import { join } from 'node:path';
import { catalogueIn } from '../core/run/catalogue.ts';
import type { Deployed } from '../core/run/limits.ts';
import type { OperatorSettings } from '../functions/runtime/settings.ts';
import { LOGS } from './logs.ts';
import { Problem } from './problem.ts';
import { REGION, Resolver } from './resolve.ts';
import type { Assembly } from './template.ts';

/** What the cloud tells of itself, so that the command line finds what it would ask CloudFormation for. */
export interface Beacon {
  /** The simulated time in milliseconds since 1970. */
  now: number;
  stack: string;
  region: string;
  /** Where the database is. */
  dynamodb: string;
  /** The list as it was synthesized. */
  jobs: readonly Deployed[];
  settings: OperatorSettings;
  /** The folder of the functions' logs; absolute, since it is asked for from anywhere. */
  logs: string;
}

/**
 * @param dynamodb address of the database
 * @param root the folder of the project
 * @throws Problem where the stack lacks an output
 */
export function beaconOf(assembly: Assembly, dynamodb: string, root: string): Omit<Beacon, 'now'> {
  const { stackName, template, nested = [] } = assembly;
  const metadata = [assembly, ...nested].map(({ template }) => template.Metadata?.Punctual);
  const { functions, jobs } = catalogueIn(metadata, stackName);
  const resolver = new Resolver(assembly);
  const output = (name: string): string => {
    const value = template.Outputs?.[name]?.Value;
    if (value === undefined) throw new Problem(`the stack has no output '${name}'`);
    return String(resolver.value(value, name));
  };
  return {
    stack: stackName,
    region: REGION,
    dynamodb,
    jobs,
    settings: {
      locksTable: output('LocksTable'),
      runsTable: output('RunsTable'),
      group: stackName,
      functions,
      firingRole: output('FiringRole'),
      deadLetters: output('DeadLetters'),
    },
    logs: join(root, LOGS),
  };
}
