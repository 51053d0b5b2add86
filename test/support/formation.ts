import type { Beacon } from '../../local/beacon.ts';
import { ACCOUNT, REGION } from '../../local/resolve.ts';

/**
 * CloudFormation's answers about one stack, as far as the command line asks: the content of the result by action.
 * The stack shows its jobs as a fleet has them, in nested stacks.
 *
 * @param shards how many nested stacks; none shows the jobs in the stack itself
 */
export function formationOf(
  { stack, settings, jobs }: Beacon,
  shards: number,
): Record<string, (asked: URLSearchParams) => string> {
  const outputs = {
    LocksTable: settings.locksTable,
    RunsTable: settings.runsTable,
    FiringRole: settings.firingRole,
    DeadLetters: settings.deadLetters,
    LogGroup: `/punctual/${stack}`,
  };
  const nested = Array.from({ length: shards }, (_, i) => ({
    id: `arn:aws:cloudformation:${REGION}:${ACCOUNT}:stack/${stack}-JobsShard${i + 1}Nested-1ABC/0f8f`,
    jobs: jobs.filter((_, j) => j % shards === i),
  }));
  const type = 'AWS::CloudFormation::Stack';
  const root = {
    Metadata: {
      Punctual: { functions: settings.functions, jobs: shards > 0 ? [] : jobs },
    },
    Resources: Object.fromEntries(nested.map((_, i) => [`Shard${i}`, { Type: type }])),
  };
  const gone = { type, id: `${nested[0]?.id}-gone`, status: 'DELETE_COMPLETE' };
  const resources = [
    { type: 'AWS::SNS::Topic', id: 'arn:aws:sns:topic', status: 'CREATE_COMPLETE' },
    ...nested.map(({ id }) => ({ type, id, status: 'UPDATE_COMPLETE' })),
    gone,
  ];
  return {
    DescribeStacks() {
      const members = Object.entries(outputs).map(
        ([key, value]) =>
          `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`,
      );
      return `<Stacks><member><StackName>${stack}</StackName><Outputs>${members.join('')}</Outputs></member></Stacks>`;
    },
    GetTemplate(asked) {
      const part = nested.find(({ id }) => id === asked.get('StackName'));
      // One that holds a pool's function alone says nothing of jobs.
      const metadata = part?.jobs.length ? { Metadata: { Punctual: { jobs: part.jobs } } } : {};
      const template = JSON.stringify(part ? metadata : root);
      return `<TemplateBody>${template.replaceAll('&', '&amp;').replaceAll('<', '&lt;')}</TemplateBody>`;
    },
    /** A page a resource. */
    ListStackResources(asked) {
      const page = Number(asked.get('NextToken') ?? 0);
      const { type = '', id = '', status = '' } = resources[page] ?? {};
      const next = page + 1 < resources.length ? `<NextToken>${page + 1}</NextToken>` : '';
      return `<StackResourceSummaries><member><LogicalResourceId>R${page}</LogicalResourceId><PhysicalResourceId>${id}</PhysicalResourceId><ResourceType>${type}</ResourceType><ResourceStatus>${status}</ResourceStatus></member></StackResourceSummaries>${next}`;
    },
  };
}
