import { appendFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Connection } from './connection.ts';

/** One line of the log, as the functions write theirs. */
type Line = Record<string, unknown>;

/**
 * Writes a line of the audit into the log of the functions, beside its row: whoever reads the log alone
 * sees what people did. On the local cloud it is a file of its own.
 *
 * Where it can not be written it says so on standard error: what was done is done, and its row is there.
 */
export async function logAction(
  message: string,
  note: object,
  connection: Pick<Connection, 'isLocal' | 'logs' | 'now'>,
): Promise<void> {
  const now = await connection.now();
  const timestamp = new Date(now).toISOString();
  const line = { level: 'INFO', message, timestamp, service: 'punctual', note };
  try {
    if (connection.isLocal) await append(line, connection.logs);
    else await put(line, now, connection.logs);
  } catch (error) {
    process.stderr.write(`the log has no line of it: ${(error as Error).message}\n`);
  }
}

function append(line: Line, folder: string): Promise<void> {
  return appendFile(join(folder, 'cli.log'), `${JSON.stringify(line)}\n`);
}

async function put(line: Line, timestamp: number, logGroupName: string): Promise<void> {
  const { CloudWatchLogsClient, CreateLogStreamCommand, PutLogEventsCommand } = await import(
    '@aws-sdk/client-cloudwatch-logs'
  );
  const client = new CloudWatchLogsClient({});
  const day = new Date(timestamp).toISOString().slice(0, 10).replaceAll('-', '/');
  const at = { logGroupName, logStreamName: `${day}/cli` };
  await client.send(new CreateLogStreamCommand(at)).catch((error) => {
    if (error.name !== 'ResourceAlreadyExistsException') throw error;
  });
  const logEvents = [{ timestamp, message: JSON.stringify(line) }];
  await client.send(new PutLogEventsCommand({ ...at, logEvents }));
}
