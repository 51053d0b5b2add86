import type { HttpReply } from './http.ts';

/** An answer as the AWS services give it whose protocol is REST with JSON. */
export function json(status: number, body: unknown, headers?: Record<string, string>): HttpReply {
  return {
    status,
    type: 'application/json',
    body: JSON.stringify(body),
    ...(headers && { headers }),
  };
}

/** What a service says no with: thrown where it is found, answered as the SDK expects it. */
export class AwsError extends Error {
  override readonly name = 'AwsError';
  readonly status: number;
  /** The name of the exception in the SDK, such as `ConflictException`. */
  readonly type: string;

  constructor(status: number, type: string, message: string) {
    super(message);
    this.status = status;
    this.type = type;
  }

  reply(): HttpReply {
    const { status, type, message } = this;
    // Services differ in the case of the name; the SDK reads only the one of its service.
    return json(status, { message, Message: message }, { 'x-amzn-errortype': type });
  }
}
