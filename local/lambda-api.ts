import { randomUUID } from 'node:crypto';
import type { AsyncInvoker } from './async-invoker.ts';
import { AwsError, json } from './aws-reply.ts';
import type { LocalFunction } from './function.ts';
import type { HttpReply, HttpRequest } from './http.ts';
import type { OpenWork } from './open-work.ts';
import { ACCOUNT, REGION } from './resolve.ts';

const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations$/;

export interface LambdaApiSetup {
  /** By name. */
  functions: ReadonlyMap<string, LocalFunction>;
  invoker: AsyncInvoker;
  open: OpenWork;
}

/** Lambda's API, as far as it invokes: whoever knows a function's name or ARN can run it. */
export class LambdaApi {
  readonly #setup: LambdaApiSetup;

  constructor(setup: LambdaApiSetup) {
    this.#setup = setup;
  }

  /** `undefined` where the request is for another service. */
  answer(request: HttpRequest): Promise<HttpReply> | undefined {
    const [, name] = (request.method === 'POST' && PATH.exec(request.path)) || [];
    if (name === undefined) return undefined;
    return this.#invoke(decodeURIComponent(name), request).catch((error) => {
      if (error instanceof AwsError) return error.reply();
      throw error;
    });
  }

  async #invoke(name: string, { headers, body }: HttpRequest): Promise<HttpReply> {
    const { invoker, open } = this.#setup;
    const fn = this.#find(name);
    const event = readEvent(body);
    const type = headers['x-amz-invocation-type'] ?? 'RequestResponse';
    if (type === 'Event') {
      open.add(invoker.invoke(fn, event));
      return { status: 202 };
    }
    if (type !== 'RequestResponse') {
      throw new AwsError(
        400,
        'InvalidParameterValueException',
        `InvocationType '${type}' is unknown here; send Event or RequestResponse`,
      );
    }
    const requestId = randomUUID();
    const waited = invoker.invokeAndWait(fn, event, requestId);
    open.add(waited);
    const answer = await waited;
    const executed = { 'x-amz-executed-version': '$LATEST', 'x-amzn-requestid': requestId };
    if ('payload' in answer) return json(200, answer.payload, executed);
    return json(200, answer.error, { ...executed, 'x-amz-function-error': 'Unhandled' });
  }

  /** `f`, `f:$LATEST`, `account:function:f` or an ARN with or without a version. */
  #find(asked: string): LocalFunction {
    const [, name = ''] = /^(?:.*:?function:)?([\w-]+)(?::(?:\$LATEST|[\w-]+))?$/.exec(asked) ?? [];
    const fn = this.#setup.functions.get(name);
    if (fn) return fn;
    const arn = asked.startsWith('arn:')
      ? asked
      : `arn:aws:lambda:${REGION}:${ACCOUNT}:function:${asked}`;
    throw new AwsError(404, 'ResourceNotFoundException', `Function not found: ${arn}`);
  }
}

function readEvent(body: string): unknown {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch (error) {
    throw new AwsError(
      400,
      'InvalidRequestContentException',
      `Could not parse request body into json: ${(error as Error).message}`,
    );
  }
}
