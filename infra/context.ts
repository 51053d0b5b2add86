import type { App } from 'aws-cdk-lib';

/** A value of `-c key=value` that can not be used. */
export class BadContext extends Error {}

/** What may be asked for with a deploy, and is not there by default. */
export interface Options {
  /** An address that gets the alerts. */
  alertEmail?: string;
  /** Whether the health report has a URL. */
  healthUrl: boolean;
}

/** @throws BadContext */
export function readOptions(app: App): Options {
  return {
    alertEmail: readAddress(app, 'alertEmail'),
    healthUrl: readFlag(app, 'healthUrl'),
  };
}

/** Not whether it exists: SNS asks there. But a deploy that fails halfway for a typo is slow to tell. */
const ADDRESS = /^[^\s@,]+@[^\s@,]+\.[^\s@,.]+$/;

function readAddress(app: App, name: string): string | undefined {
  const address: unknown = app.node.tryGetContext(name);
  if (address === undefined) return undefined;
  if (typeof address === 'string' && ADDRESS.test(address)) return address;
  throw new BadContext(
    `${name} '${address}' is no e-mail address; give one, as in ops@example.com`,
  );
}

/** `-c` gives text, cdk.json may say it plainly. */
function readFlag(app: App, name: string): boolean {
  const flag: unknown = app.node.tryGetContext(name) ?? false;
  if (flag === true || flag === 'true') return true;
  if (flag === false || flag === 'false') return false;
  throw new BadContext(`${name} '${flag}' is neither true nor false`);
}
