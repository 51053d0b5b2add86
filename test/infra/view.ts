import type { Template } from 'aws-cdk-lib/assertions';

// biome-ignore lint/suspicious/noExplicitAny: what a template holds is known only to those who look
type Properties = Record<string, any>;

export interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string | string[];
  Condition?: Record<string, Record<string, string | string[]>>;
}

const PSEUDO: Record<string, string> = {
  'AWS::Partition': 'aws',
  'AWS::Region': 'eu-central-1',
  'AWS::AccountId': '123456789012',
};

/** The resources of a template, every reference in them written out: `Ref` as the id, `GetAtt` as `id.Arn`. */
export class View {
  readonly #template: Template;

  constructor(template: Template) {
    this.#template = template;
  }

  /** The properties of all resources of a type, by logical id. */
  all(type: string): Map<string, Properties> {
    const found = Object.entries(this.#template.findResources(type));
    return new Map(found.map(([id, { Properties }]) => [id, plain(Properties) as Properties]));
  }

  /** The one resource of a type that is as asked for. */
  one(type: string, is: (properties: Properties, id: string) => boolean): [string, Properties] {
    const found = [...this.all(type)].filter(([id, properties]) => is(properties, id));
    if (found.length !== 1) throw new Error(`${found.length} of type ${type} are such`);
    return found[0] as [string, Properties];
  }

  /** A function by the job, or the operator, that it is of. */
  functionOf(name: string): [string, Properties] {
    return this.one('AWS::Lambda::Function', (fn) => fn.FunctionName === `punctual-dev-${name}`);
  }

  /** What Lambda does with the asynchronous events of a function. */
  asynchronousOf(name: string): Properties {
    const [id] = this.functionOf(name);
    return this.one('AWS::Lambda::EventInvokeConfig', (config) => config.FunctionName === id)[1];
  }

  /** All that a function's role may do. */
  statementsOf(name: string): Statement[] {
    const [role] = this.functionOf(name)[1].Role.split('.');
    const { ManagedPolicyArns, Policies } = this.all('AWS::IAM::Role').get(role) as Properties;
    if (ManagedPolicyArns || Policies)
      throw new Error(`${role} has policies that are not looked at`);
    return [...this.all('AWS::IAM::Policy').values()]
      .filter(({ Roles }) => Roles.includes(role))
      .flatMap(({ PolicyDocument }) => PolicyDocument.Statement);
  }
}

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  if ('Ref' in value) return PSEUDO[String(value.Ref)] ?? value.Ref;
  if ('Fn::GetAtt' in value) return (value['Fn::GetAtt'] as string[]).join('.');
  if ('Fn::Join' in value) {
    const [separator, parts] = value['Fn::Join'] as [string, unknown[]];
    return parts.map(plain).join(separator);
  }
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, plain(inner)]));
}
