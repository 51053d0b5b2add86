import type { LogPlace } from '../run/states.ts';

/** What CloudWatch's own addresses have for `%`: their fragment is encoded twice. */
function encoded(text: string): string {
  return encodeURIComponent(encodeURIComponent(text)).replaceAll('%', '$');
}

/**
 * Where CloudWatch shows the lines of an attempt.
 *
 * @param region of the stack, such as `eu-central-1`
 * @returns `undefined` where the attempt never ran, and has no lines
 */
export function logLink(
  { logGroup, logStream }: Partial<Pick<LogPlace, 'logGroup' | 'logStream'>>,
  region: string,
): string | undefined {
  if (!logGroup || !logStream) return undefined;
  const stream = `log-groups/log-group/${encoded(logGroup)}/log-events/${encoded(logStream)}`;
  return `https://${region}.console.aws.amazon.com/cloudwatch/home?region=${region}#logsV2:${stream}`;
}
