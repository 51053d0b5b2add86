import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { App } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import type { Groups, Schedules } from '../../core/schedule/settings.ts';
import { NO_CODE } from '../../infra/code.ts';
import type { Options } from '../../infra/context.ts';
import { readList, resolveList } from '../../infra/list.ts';
import { PunctualStack } from '../../infra/punctual-stack.ts';
import { type Stage, stages } from '../../infra/stages.ts';

const ROOT = resolve(import.meta.dirname, '../..');

/** The template of the stack, without bundling any code: with the jobs of the repository, or others. */
export async function templateOf(
  stage: Stage['name'] = 'dev',
  schedules?: Schedules,
  groups?: Groups,
  options: Partial<Options> = {},
): Promise<Template> {
  const { context } = JSON.parse(readFileSync(resolve(ROOT, 'cdk.json'), 'utf8'));
  const app = new App({ context });
  const jobs = schedules
    ? resolveList(schedules, resolve(ROOT, 'functions/jobs'), groups)
    : await readList();
  const stack = new PunctualStack(app, `punctual-${stage}`, {
    stage: stages[stage],
    jobs,
    codeOf: () => NO_CODE,
    mailFrom: 'builds@example.com',
    healthUrl: false,
    ...options,
  });
  return Template.fromStack(stack);
}
