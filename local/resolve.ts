import { Problem } from './problem.ts';
import type { Assembly } from './template.ts';

/** Whose cloud this is: every name and ARN in it is made from these. */
export const ACCOUNT = '000000000000';
export const REGION = 'eu-central-1';

const PSEUDO: Record<string, string> = {
  'AWS::AccountId': ACCOUNT,
  'AWS::Region': REGION,
  'AWS::Partition': 'aws',
  'AWS::URLSuffix': 'amazonaws.com',
};

/** The property that names a resource of a type, and how its ARN goes on after the account. */
const NAMED: Record<
  string,
  { name?: string; service: string; path: (name: string, group: string) => string }
> = {
  'AWS::Lambda::Function': {
    name: 'FunctionName',
    service: 'lambda',
    path: (name) => `function:${name}`,
  },
  'AWS::Scheduler::Schedule': {
    name: 'Name',
    service: 'scheduler',
    path: (name, group) => `schedule/${group}/${name}`,
  },
  'AWS::Scheduler::ScheduleGroup': {
    name: 'Name',
    service: 'scheduler',
    path: (name) => `schedule-group/${name}`,
  },
  'AWS::DynamoDB::GlobalTable': {
    name: 'TableName',
    service: 'dynamodb',
    path: (name) => `table/${name}`,
  },
  'AWS::DynamoDB::Table': {
    name: 'TableName',
    service: 'dynamodb',
    path: (name) => `table/${name}`,
  },
  'AWS::Logs::LogGroup': {
    name: 'LogGroupName',
    service: 'logs',
    path: (name) => `log-group:${name}`,
  },
  'AWS::SQS::Queue': { name: 'QueueName', service: 'sqs', path: (name) => name },
  'AWS::SNS::Topic': { name: 'TopicName', service: 'sns', path: (name) => name },
  'AWS::IAM::Role': { name: 'RoleName', service: 'iam', path: (name) => `role/${name}` },
};

/** Resolves the references in a template the way a deploy would, with local names and ARNs. */
export class Resolver {
  readonly #assembly: Assembly;

  constructor(assembly: Assembly) {
    this.#assembly = assembly;
  }

  /** The name CloudFormation would give: the property that names it, or stack and logical id. */
  nameOf(logicalId: string): string {
    const resource = this.#assembly.template.Resources[logicalId];
    const property = resource && NAMED[resource.Type]?.name;
    const name = property && resource.Properties?.[property];
    return name === undefined
      ? `${this.#assembly.stackName}-${logicalId}`
      : String(this.value(name, logicalId));
  }

  arnOf(logicalId: string): string {
    const resource = this.#assembly.template.Resources[logicalId];
    const { service, path } = NAMED[resource?.Type ?? ''] ?? {
      service: 'local',
      path: (name: string) => name,
    };
    const group = this.value(resource?.Properties?.GroupName ?? 'default', logicalId);
    // Roles belong to no region.
    const region = service === 'iam' ? '' : REGION;
    return `arn:aws:${service}:${region}:${ACCOUNT}:${path(this.nameOf(logicalId), String(group))}`;
  }

  /**
   * A value with every intrinsic function in it replaced by what it stands for.
   *
   * @param owner the logical id of the resource it belongs to, for the error
   * @throws Problem for a function or reference the local cloud does not know
   */
  value(value: unknown, owner: string): unknown {
    if (Array.isArray(value)) return value.map((item) => this.value(item, owner));
    if (typeof value !== 'object' || value === null) return value;
    const entries = Object.entries(value);
    const [key, argument] = entries[0] ?? [];
    if (entries.length === 1 && key && (key === 'Ref' || key.startsWith('Fn::'))) {
      return this.#call(key, argument, owner);
    }
    return Object.fromEntries(entries.map(([name, inner]) => [name, this.value(inner, owner)]));
  }

  #call(name: string, argument: unknown, owner: string): unknown {
    if (name === 'Ref') return this.#ref(String(argument), owner);
    if (name === 'Fn::GetAtt') {
      const [target, attribute] =
        typeof argument === 'string' ? argument.split(/\.(.*)/) : (argument as string[]);
      return this.#attribute(target ?? '', attribute ?? '', owner);
    }
    if (name === 'Fn::Sub') return this.#substitute(argument, owner);
    if (name === 'Fn::Join') {
      const [separator, parts] = argument as [string, unknown];
      return (this.value(parts, owner) as unknown[]).join(separator);
    }
    if (name === 'Fn::Select') {
      const [index, list] = argument as [number | string, unknown];
      return (this.value(list, owner) as unknown[])[Number(index)];
    }
    if (name === 'Fn::Split') {
      const [separator, text] = argument as [string, unknown];
      return String(this.value(text, owner)).split(separator);
    }
    throw new Problem(
      `resource ${owner}: the local cloud does not know ${name}; use a plain value there`,
    );
  }

  #ref(name: string, owner: string): unknown {
    if (name === 'AWS::StackName') return this.#assembly.stackName;
    if (PSEUDO[name] !== undefined) return PSEUDO[name];
    const resource = this.#assembly.template.Resources[name];
    // CloudFormation says a topic by its ARN, and all the others by their names.
    if (resource) return resource.Type === 'AWS::SNS::Topic' ? this.arnOf(name) : this.nameOf(name);
    const { template, parameters = {} } = this.#assembly;
    if (Object.hasOwn(parameters, name)) return parameters[name];
    const parameter = template.Parameters?.[name];
    if (parameter && 'Default' in parameter) return parameter.Default;
    throw new Problem(
      `resource ${owner}: Ref to '${name}', which is no resource and no parameter with a default`,
    );
  }

  #attribute(target: string, attribute: string, owner: string): string {
    if (!this.#assembly.template.Resources[target]) {
      throw new Problem(`resource ${owner}: Fn::GetAtt of '${target}', which is no resource`);
    }
    if (attribute === 'Arn') return this.arnOf(target);
    throw new Problem(
      `resource ${owner}: the local cloud does not know the attribute ${target}.${attribute}, only Arn`,
    );
  }

  #substitute(argument: unknown, owner: string): string {
    const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
    return String(text).replace(/\$\{([^}]+)\}/g, (_, name: string) => {
      if (name.startsWith('!')) return `\${${name.slice(1)}}`;
      if (name in variables) return String(this.value(variables[name], owner));
      const [target = '', attribute] = name.split(/\.(.*)/);
      return String(
        attribute === undefined
          ? this.#ref(name, owner)
          : this.#attribute(target, attribute, owner),
      );
    });
  }
}
