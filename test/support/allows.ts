import { runSimulation } from '@cloud-copilot/iam-simulate';
import { ACCOUNT } from '../../local/resolve.ts';
import type { ApiCall } from './api-calls.ts';

export interface Statement {
  Sid?: string;
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** Whether policies of these statements, and nothing else, allow a call. */
export async function allows(
  statements: readonly Statement[],
  { action, resource, context }: Omit<ApiCall, 'who'>,
): Promise<boolean> {
  const policy = { Version: '2012-10-17', Statement: statements };
  const everything = { Effect: 'Allow', Action: '*', Resource: '*' };
  const answer = await runSimulation(
    {
      request: {
        principal: `arn:aws:iam::${ACCOUNT}:role/somebody`,
        action,
        resource: { resource, accountId: ACCOUNT },
        contextVariables: context,
      },
      identityPolicies: [{ name: 'policy', policy }],
      serviceControlPolicies: [
        {
          orgIdentifier: 'root',
          policies: [{ name: 'all', policy: { Version: '2012-10-17', Statement: [everything] } }],
        },
      ],
      resourceControlPolicies: [],
    },
    {},
  );
  if (answer.resultType === 'error')
    throw new Error(`${action} on ${resource}: ${JSON.stringify(answer.errors)}`);
  return answer.overallResult === 'Allowed';
}
