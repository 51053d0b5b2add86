import { Problem } from './problem.ts';
import { Resolver } from './resolve.ts';
import type { Assembly } from './template.ts';

/** CloudFormation properties, resolved; which of them are there is for each type of resource to say. */
// biome-ignore lint/suspicious/noExplicitAny: the template is data of foreign shape, read by the resources and nowhere else
export type Properties = Record<string, any>;

/** The resources of a synthesized stack by type, with their references resolved. */
export class TemplateReader {
  readonly assembly: Assembly;
  readonly resolver: Resolver;

  constructor(assembly: Assembly) {
    this.assembly = assembly;
    this.resolver = new Resolver(assembly);
  }

  /** What `read` makes of each resource of these types. */
  each<T>(types: string[], read: (id: string, properties: Properties) => T): T[] {
    return this.idsOf(types).map((id) => {
      const properties = this.assembly.template.Resources[id]?.Properties ?? {};
      return read(id, this.resolver.value(properties, id) as Properties);
    });
  }

  /** The logical ids of the resources of these types. */
  idsOf(types: string[]): string[] {
    return Object.entries(this.assembly.template.Resources)
      .filter(([, { Type }]) => types.includes(Type))
      .map(([id]) => id);
  }
}

/** @throws Problem that names the resource */
export function fail(id: string, problem: string): never {
  throw new Problem(`resource ${id}: ${problem}`);
}
