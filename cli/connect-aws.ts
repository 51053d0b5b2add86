import { CloudFormationClient, DescribeStacksCommand } from '@aws-sdk/client-cloudformation';
import { GetCallerIdentityCommand, STSClient } from '@aws-sdk/client-sts';
import { catalogueOf } from './catalogue-aws.ts';
import type { Connection, Target } from './connection.ts';
import { open } from './open.ts';
import { Misuse, NotDeployed } from './problem.ts';

/** What the stack says of itself: its outputs, and its template's metadata; see `infra/constructs/catalogue.ts`. */
export async function connectAws(target: Target): Promise<Connection> {
  const { stack, stage, profile, region } = target;
  // The SDK reads these wherever a client is made.
  if (profile !== undefined) process.env.AWS_PROFILE = profile;
  if (region !== undefined) process.env.AWS_REGION = region;
  const name = stack ?? `punctual-${stage ?? 'dev'}`;
  const client = new CloudFormationClient({
    // A fleet's templates are asked for in bursts, which the API slows down.
    maxAttempts: 8,
  });
  const [outputs, { functions, jobs }, by] = await Promise.all([
    outputsOf(name, client),
    catalogueOf(name, client),
    new STSClient({}).send(new GetCallerIdentityCommand({})).then(({ Arn = 'unknown' }) => Arn),
  ]);
  const output = (key: string): string => {
    const value = outputs[key];
    if (value !== undefined) return value;
    throw new Misuse(
      `the stack '${name}' has no output ${key}: deploy it with this version of Punctual`,
    );
  };
  const settings = {
    locksTable: output('LocksTable'),
    runsTable: output('RunsTable'),
    group: name,
    functions,
    firingRole: output('FiringRole'),
    deadLetters: output('DeadLetters'),
  };
  return {
    isLocal: false,
    stack: name,
    region: await client.config.region(),
    settings,
    logs: output('LogGroup'),
    by,
    ...(await open(settings, jobs)),
    now: async () => Date.now(),
    again: () => connectAws(target),
  };
}

async function outputsOf(
  name: string,
  client: CloudFormationClient,
): Promise<Record<string, string>> {
  const { Stacks } = await client
    .send(new DescribeStacksCommand({ StackName: name }))
    .catch((error) => {
      if (error.name === 'ValidationError' && /does not exist/.test(error.message))
        throw new NotDeployed(
          `there is no stack '${name}' in this account and region; deploy it, or name another with --stack, --stage or --region`,
        );
      throw error;
    });
  const outputs = Stacks?.[0]?.Outputs ?? [];
  return Object.fromEntries(
    outputs.map(({ OutputKey = '', OutputValue = '' }) => [OutputKey, OutputValue]),
  );
}
