/**
 * The process of one execution environment, as Lambda's runtime would run it: imports the handler
 * once, then answers one invocation after another. Its environment variables are those of the
 * function and nothing else; what it prints goes to the function's log file.
 */
import { statSync } from 'node:fs';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { FunctionError, InvokeMessage, ProcessMessage, StartMessage } from './messages.ts';
import { shiftDate } from './shifted-date.ts';

type Handler = (event: unknown, context: unknown) => Promise<unknown>;

const start: StartMessage = JSON.parse(process.argv[2] ?? '{}');
const { env } = process;

// What the shell and the local cloud that began this process added is not the function's.
for (const name of ['PWD', 'OLDPWD', 'SHLVL', '_', 'NODE_COMPILE_CACHE']) delete env[name];

// Nobody is left to answer to: a local cloud that was killed leaves no orphans.
process.on('disconnect', () => process.exit());
// Ctrl-C reaches the whole group of the terminal; a live run must be let finish.
process.on('SIGINT', () => {});
process.on('SIGTERM', () => {});

shiftDate(start.offset);
const handler = await load().catch((error) => {
  process.send?.({ type: 'unusable', error: importError(error) }, () => process.exit());
  return undefined;
});
if (handler) {
  let isCold = true;
  process.on('message', async (message: InvokeMessage) => {
    await invoke(handler, message);
    // By now V8 has compiled what a run needs. Node would keep that at the end of the process, which is a kill.
    if (isCold) flushCompileCache();
    isCold = false;
  });
  send({ type: 'ready' });
}

async function load(): Promise<Handler> {
  const dot = start.handler.lastIndexOf('.');
  const base = join(start.code, start.handler.slice(0, dot));
  const name = start.handler.slice(dot + 1);
  const file = ['.mjs', '.js', '.cjs']
    .map((end) => base + end)
    .find((path) => statSync(path, { throwIfNoEntry: false }));
  if (!file)
    throw named(
      'Runtime.ImportModuleError',
      `Error: Cannot find module '${start.handler.slice(0, dot)}'`,
    );
  const module = await import(pathToFileURL(file).href);
  if (typeof module[name] !== 'function') {
    throw named('Runtime.HandlerNotFound', `${start.handler} is undefined or not exported`);
  }
  return module[name];
}

async function invoke(handler: Handler, message: InvokeMessage): Promise<void> {
  shiftDate(message.offset);
  try {
    const payload = await handler(message.event, contextOf(message));
    // What Lambda returns is JSON; what is not fails like a throw.
    send({
      type: 'returned',
      payload: payload === undefined ? null : JSON.parse(JSON.stringify(payload)),
    });
  } catch (error) {
    send({ type: 'threw', error: describe(error) });
  }
}

function contextOf({ requestId, deadline }: InvokeMessage) {
  return {
    awsRequestId: requestId,
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: start.arn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, deadline - Date.now()),
  };
}

function send(message: ProcessMessage): void {
  process.send?.(message);
}

function importError(error: unknown): FunctionError {
  const code = (error as { code?: string })?.code;
  if (code === 'ERR_MODULE_NOT_FOUND' || code === 'MODULE_NOT_FOUND') {
    return { ...describe(error), errorType: 'Runtime.ImportModuleError' };
  }
  if (error instanceof SyntaxError)
    return { ...describe(error), errorType: 'Runtime.UserCodeSyntaxError' };
  return describe(error);
}

function describe(error: unknown): FunctionError {
  if (!(error instanceof Error)) return { errorType: typeof error, errorMessage: String(error) };
  return { errorType: error.name, errorMessage: error.message, trace: error.stack?.split('\n') };
}

function named(name: string, message: string): Error {
  return Object.assign(new Error(message), { name });
}
