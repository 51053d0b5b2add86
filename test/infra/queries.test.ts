import { globSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SAVED_QUERIES } from '../../infra/saved-queries.ts';
import { templateOf } from '../support/template.ts';
import { View } from './view.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const read = (file: string) => readFileSync(resolve(ROOT, file), 'utf8');

/** Words of Logs Insights that are no functions. */
const LANGUAGE = new Set('fields filter stats display sort limit by as and like desc'.split(' '));

test('are saved with the stack, in a folder of its name, over its one log group', async () => {
  const view = new View(await templateOf('dev'));
  const [logs, group] = view.one('AWS::Logs::LogGroup', () => true);
  expect(group.LogGroupName).toBe('/punctual/punctual-dev');
  expect([...view.all('AWS::Logs::QueryDefinition').values()]).toEqual(
    SAVED_QUERIES.map(({ name, text }) => ({
      Name: `punctual-dev/${name}`,
      QueryString: text,
      LogGroupNames: [logs],
    })),
  );
});

test('are those of docs/queries.md, in their order', () => {
  const sections = read('docs/queries.md').split('\n## ').slice(1);
  const documented = sections.map((section) => ({
    name: section.slice(0, section.indexOf('\n')),
    text: section.match(/```\n(.*?)\n```/s)?.[1],
  }));
  expect(documented).toEqual(SAVED_QUERIES);
});

describe('ask for what the functions write', () => {
  const code = globSync('{core,functions}/**/*.ts', { cwd: ROOT }).map(read).join('\n');

  test('messages', () => {
    const messages = SAVED_QUERIES.flatMap(({ text }) => [
      ...text.matchAll(/message = "([^"]+)"/g),
    ]);
    expect(messages.length).toBeGreaterThan(1);
    for (const [, message] of messages) expect(code).toContain(`'${message}'`);
  });

  test.each(SAVED_QUERIES.map(({ name, text }) => [name, text]))('fields: %s', (_, text) => {
    const plain = text.replace(/"[^"]*"|\/[^/]*\/(?= |$)/gm, '');
    const aliases = new Set([...plain.matchAll(/ as (\w+)/g)].map(([, alias]) => alias));
    const fields = [...plain.matchAll(/(?<![\w.@])[a-zA-Z_][\w.]*(?![\w.(])/g)]
      .map(([field]) => field)
      .filter((field) => !LANGUAGE.has(field) && !aliases.has(field));
    expect(fields.length).toBeGreaterThan(0);
    for (const part of fields.flatMap((field) => field.split('.')))
      expect(code).toMatch(new RegExp(`\\b${part}\\b`));
  });
});
