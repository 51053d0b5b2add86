import { createRequire } from 'node:module';
import { beforeEach, expect, test, vi } from 'vitest';
import * as conditions from '../../core/ledger/conditions.ts';
import { rememberConditions } from '../../local/condition-memory.ts';

const { parse } = createRequire(import.meta.url)('dynalite/db/conditionParser.js');

/** Every condition of the ledger that is a constant. */
const CONDITIONS = Object.values(conditions).filter((one) => typeof one === 'string');

/** A parser of its own, how often it had to parse, and a request with these values in it. */
let parser: { parse: typeof parse };
let asked: ReturnType<typeof vi.fn>;
beforeEach(() => {
  asked = vi.fn(parse);
  parser = { parse: asked };
  rememberConditions(parser);
});

function request(text: string, value: string) {
  const named = (sign: string) => [...new Set(text.match(new RegExp(`${sign}\\w+`, 'g')))];
  const attrNames = Object.fromEntries(named('#').map((name) => [name, name.slice(1) + value]));
  const attrVals = Object.fromEntries(named(':').map((name) => [name, { S: name + value }]));
  return {
    attrNames: { ...attrNames, '#more': 'more' },
    attrVals: { ...attrVals, ':more': { S: value } },
    unusedAttrNames: { ...attrNames, '#more': true },
    unusedAttrVals: { ...attrVals, ':more': true },
    isReserved: () => false,
    compare: () => false,
  };
}

/** What a parser makes of a condition, and what it says was not used. */
function parsed(by: typeof parse, text: string, value: string) {
  const context = request(text, value);
  const tree = by(text, { context });
  return { tree, unused: [context.unusedAttrNames, context.unusedAttrVals] };
}

test.each(CONDITIONS)('%s is parsed once, and has the names and values of each request', (text) => {
  for (const value of ['a', 'b', 'c'])
    expect(parsed(parser.parse, text, value)).toEqual(parsed(parse, text, value));
  expect(asked).toHaveBeenCalledTimes(1);
});

test('is parsed again for values of another type, which may be wrong there', () => {
  const text = 'begins_with(#tick, :start)';
  const context = request(text, 'a');
  parser.parse(text, { context });
  const number = { ...context, attrVals: { ':start': { N: '1' } } };
  expect(parser.parse(text, { context: number })).toMatch(/^Incorrect operand type .* N$/);
});

test('what is wrong is told each time, where the values decide too', () => {
  const text = '#tick BETWEEN :first AND :last';
  const context = request(text, 'a');
  expect(parser.parse(text, { context })).toHaveProperty('expression');
  const turned = { ...context, compare: () => true };
  for (const _ of [1, 2])
    expect(parser.parse(text, { context: turned })).toMatch(/requires upper bound/);
  expect(() => parser.parse('#tick =', { context })).toThrow('Expected');
});

test('an attribute that is held against itself is refused, under whichever names', () => {
  const text = '#one = #other';
  const context = request(text, 'a');
  expect(parser.parse(text, { context })).toHaveProperty('expression');
  const same = { ...context, attrNames: { '#one': 'tick', '#other': 'tick', '#more': 'more' } };
  expect(parser.parse(text, { context: same })).toMatch(/first operand must be distinct/);
});

test('two names of one attribute, where that is no mistake, are parsed once, too', () => {
  const text = 'attribute_not_exists(#holders.#me) AND #watermarks.#job < :tick';
  for (const value of ['a', 'b']) {
    const context = () => {
      const { attrNames, ...rest } = request(text, value);
      return { ...rest, attrNames: { ...attrNames, '#me': value, '#job': value } };
    };
    expect(parser.parse(text, { context: context() })).toEqual(parse(text, { context: context() }));
  }
  expect(asked).toHaveBeenCalledTimes(1);
});
