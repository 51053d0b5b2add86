import { createRequire } from 'node:module';

/** An attribute value as requests have it: `{ S: 'a' }`. */
type Value = Record<string, unknown>;

/** What the names and the values in an expression stand for, and which of them no expression has used so far. */
interface Context {
  attrNames?: Record<string, string>;
  attrVals?: Record<string, Value>;
  unusedAttrNames: Record<string, unknown>;
  unusedAttrVals: Record<string, unknown>;
}

/** Dynalite's parser of conditions, as far as it matters here. */
interface Parser {
  /** @returns what is wrong as text, where it is no error of syntax */
  parse(text: string, options: { context: Context }): object | string;
}

/** A parsed expression in which names and values stand for themselves. */
interface Form {
  tree: object;
  /** What stands in the places of the values -> `:tick`. */
  values: ReadonlyMap<unknown, string>;
}

/** Whether the values decide if an expression is right, and not their types alone. */
const RESTS_ON_VALUES = /between|attribute_type/i;

/**
 * Lets dynalite parse a condition once, and not at each request. Its parser tries every way to read a
 * parenthesis, each within the others: milliseconds for a claim, two thirds of what the store did in a
 * local day. The expressions are few; their names and values are put in anew.
 */
export function rememberConditions(parser = dynalitesParser()): void {
  const { parse } = parser;
  const forms = new Map<string, Form>();
  parser.parse = (text, options) => {
    const { attrNames = {}, attrVals = {}, unusedAttrNames, unusedAttrVals } = options.context;
    // An empty name is a mistake: not where it stands for itself.
    if (RESTS_ON_VALUES.test(text) || Object.values(attrNames).includes(''))
      return parse(text, options);
    const names = oneNameEach(attrNames);
    const types = Object.entries(attrVals).map(([name, value]) => [name, typeOf(value)]);
    const key = JSON.stringify([text, names, types]);
    const form = forms.get(key) ?? formOf(text, names, options.context, parse);
    // It is told of as it is: the message may name a value.
    if (!form) return parse(text, options);
    forms.set(key, form);
    for (const [name] of text.matchAll(/[#:]\w+/g)) {
      delete unusedAttrNames[name];
      delete unusedAttrVals[name];
    }
    return filled(form.tree, form.values, attrNames, attrVals) as object;
  };
}

/** `undefined` where something is wrong. */
function formOf(
  text: string,
  names: Record<string, string>,
  context: Context,
  parse: Parser['parse'],
): Form | undefined {
  const { attrVals = {} } = context;
  const standIns = Object.entries(attrVals).map(
    ([name, value]) => [name, { [typeOf(value)]: name }] as const,
  );
  const tree = parse(text, {
    context: {
      ...context,
      attrNames: names,
      attrVals: Object.fromEntries(standIns),
      unusedAttrNames: {},
      unusedAttrVals: {},
    },
  });
  if (typeof tree === 'string') return undefined;
  return { tree, values: new Map(standIns.map(([name, value]) => [value, name])) };
}

/** A form with the names and values of a request. */
function filled(
  node: unknown,
  values: Form['values'],
  attrNames: Record<string, string>,
  attrVals: Record<string, Value>,
): unknown {
  const named = (text: string) => (text.startsWith('#') ? attrNames[text] : text);
  if (typeof node === 'string') return named(node);
  if (typeof node !== 'object' || node === null) return node;
  const value = values.get(node);
  if (value !== undefined) return attrVals[value];
  const inner = (one: unknown) => filled(one, values, attrNames, attrVals);
  if (Array.isArray(node)) return node.map(inner);
  return Object.fromEntries(Object.entries(node).map(([key, one]) => [named(key), inner(one)]));
}

/**
 * Each name -> one of those that stand for the same attribute, as a job's name and its holder's key
 * do: that two operands are the same may be a mistake.
 */
function oneNameEach(attrNames: Record<string, string>): Record<string, string> {
  const nameOf = new Map(Object.entries(attrNames).map(([name, attribute]) => [attribute, name]));
  return Object.fromEntries(
    Object.entries(attrNames).map(([name, attribute]) => [name, nameOf.get(attribute) as string]),
  );
}

function typeOf(value: Value): string {
  return Object.keys(value).join();
}

function dynalitesParser(): Parser {
  return createRequire(import.meta.url)('dynalite/db/conditionParser.js');
}
