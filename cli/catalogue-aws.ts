import {
  type CloudFormationClient,
  GetTemplateCommand,
  paginateListStackResources,
} from '@aws-sdk/client-cloudformation';
import { type Catalogue, catalogueIn, type Listed } from '../core/run/catalogue.ts';

/** A template as it was deployed, as far as it is looked at. */
interface Template {
  Metadata?: { Punctual?: Listed };
  Resources?: Record<string, { Type: string }>;
}

const NESTED = 'AWS::CloudFormation::Stack';

/** How many templates are asked for at once: CloudFormation allows few requests a second. */
const AT_ONCE = 8;

/**
 * The list as it was deployed stands in the template: what runs, not what this folder says. That of a fleet
 * stands in those of its nested stacks, a request for each.
 */
export async function catalogueOf(stack: string, client: CloudFormationClient): Promise<Catalogue> {
  const { Metadata, Resources = {} } = await templateOf(stack, client);
  const root = Metadata?.Punctual;
  const isFleet = Object.values(Resources).some(({ Type }) => Type === NESTED);
  const nested = isFleet ? await nestedIn(stack, client) : [];
  const parts: Template[] = [];
  for (let i = 0; i < nested.length; i += AT_ONCE) {
    const some = nested.slice(i, i + AT_ONCE);
    parts.push(...(await Promise.all(some.map((id) => templateOf(id, client)))));
  }
  return catalogueIn([root, ...parts.map((part) => part.Metadata?.Punctual)], stack);
}

/** The ids of the stacks that are nested in one; not of those that are gone, or not there yet. */
async function nestedIn(stack: string, client: CloudFormationClient): Promise<string[]> {
  const ids: string[] = [];
  for await (const page of paginateListStackResources({ client }, { StackName: stack })) {
    for (const one of page.StackResourceSummaries ?? []) {
      const { ResourceType, PhysicalResourceId, ResourceStatus = '' } = one;
      const isThere = !['DELETE_COMPLETE', 'CREATE_FAILED'].includes(ResourceStatus);
      if (ResourceType === NESTED && PhysicalResourceId && isThere) ids.push(PhysicalResourceId);
    }
  }
  return ids;
}

async function templateOf(stack: string, client: CloudFormationClient): Promise<Template> {
  const { TemplateBody = '{}' } = await client
    .send(new GetTemplateCommand({ StackName: stack }))
    .catch((error) => {
      if (error.name === 'ValidationError') return { TemplateBody: '{}' }; // said better by the outputs
      throw error;
    });
  return JSON.parse(TemplateBody);
}
