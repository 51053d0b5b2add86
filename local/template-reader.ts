import { Problem } from './problem.ts';
import { Resolver } from './resolve.ts';
import type { Assembly } from './template.ts';

/** CloudFormation properties, resolved; which of them are there is for each type of resource to say. */
// biome-ignore lint/suspicious/noExplicitAny: the template is data of foreign shape, read by the resources and nowhere else
export type Properties = Record<string, any>;

/** One resource of a template. */
export class TemplateResource {
  /** Its logical id; unique in its template. */
  readonly id: string;
  readonly #assembly: Assembly;
  readonly #resolver: Resolver;

  constructor(id: string, assembly: Assembly, resolver: Resolver) {
    this.id = id;
    this.#assembly = assembly;
    this.#resolver = resolver;
  }

  get name(): string {
    return this.#resolver.nameOf(this.id);
  }

  get arn(): string {
    return this.#resolver.arnOf(this.id);
  }

  /** With the references in them resolved. */
  get properties(): Properties {
    const { Properties = {} } = this.#assembly.template.Resources[this.id] ?? {};
    return this.#resolver.value(Properties, this.id) as Properties;
  }
}

/** The resources of a synthesized stack by type, those of the stacks that are nested in it too. */
export class TemplateReader {
  readonly assembly: Assembly;
  readonly #byType: Map<string, TemplateResource[]>;

  constructor(assembly: Assembly) {
    this.assembly = assembly;
    const all = [assembly, ...(assembly.nested ?? [])].flatMap((one) => {
      const resolver = new Resolver(one);
      return Object.entries(one.template.Resources).map(([id, { Type }]) => ({
        type: Type,
        resource: new TemplateResource(id, one, resolver),
      }));
    });
    const byType = Map.groupBy(all, ({ type }) => type);
    this.#byType = new Map(
      [...byType].map(([type, found]) => [type, found.map(({ resource }) => resource)]),
    );
  }

  of(...types: string[]): TemplateResource[] {
    return types.flatMap((type) => this.#byType.get(type) ?? []);
  }
}

/** @throws Problem that names the resource */
export function fail(id: string, problem: string): never {
  throw new Problem(`resource ${id}: ${problem}`);
}
