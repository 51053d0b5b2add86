import { CommanderError, InvalidArgumentError } from 'commander';

/** What somebody has to mend before it can work: one line, what, where and the mend. Exit code 2. */
export class Misuse extends Error {
  override readonly name = 'Misuse';
}

/** There is no such stack. */
export class NotDeployed extends Misuse {}

/** It was asked for rightly, and did not work: one line. Exit code 1. */
export class Failed extends Error {
  override readonly name = 'Failed';
}

/** Errors of the core and of AWS whose message says all there is to say. */
const TOLD = new Set(['Failed', 'Refused', 'StoreError', 'DispatchError', 'BadEvent']);

/** What the SDK's errors mean to whoever typed the command, and the mend. */
const MENDS: Record<string, string> = {
  CredentialsProviderError:
    'there are no AWS credentials; log in (aws sso login), or name a profile with --profile',
  ExpiredTokenException: 'the AWS credentials have expired; log in again',
  ExpiredToken: 'the AWS credentials have expired; log in again',
  UnrecognizedClientException: 'AWS does not know these credentials; check --profile and --region',
  InvalidClientTokenId: 'AWS does not know these credentials; check --profile and --region',
};

/** What an error means to whoever typed the command. */
export interface Told {
  /** One line. */
  text: string;
  /** The exit code: 1 it failed, 2 used wrongly. */
  code: 1 | 2;
}

/**
 * Says an error in one line on standard error.
 *
 * @returns the exit code
 * @throws what is nobody's mistake but ours
 */
export function say(error: unknown): number {
  // Commander has said it already; all but what was read after it had done its part.
  if (error instanceof CommanderError && !(error instanceof InvalidArgumentError))
    return error.exitCode === 0 ? 0 : 2;
  const told = toldOf(error);
  if (!told) throw error;
  process.stderr.write(`${told.text}\n`);
  return told.code;
}

/** `undefined` for what is nobody's mistake but ours. */
export function toldOf(error: unknown): Told | undefined {
  const { name, message } = error as Error;
  const text = inOneLine(message);
  const mend = MENDS[name];
  if (mend) return { text: mend, code: 2 };
  if (error instanceof Misuse || error instanceof InvalidArgumentError) return { text, code: 2 };
  if (/^Region (is missing|not accepted)/.test(text))
    return { text: 'no AWS region; name one with --region', code: 2 };
  if (name === 'AccessDenied' || name === 'AccessDeniedException')
    return { text: `AWS does not allow it: ${text}; see docs/permissions.md`, code: 1 };
  if (TOLD.has(name)) return { text, code: 1 };
  const { code, hostname } = error as { code?: string; hostname?: string };
  if (code === 'ENOTFOUND' || code === 'EAI_AGAIN')
    return { text: `${hostname} is not known; check --region, and the network`, code: 2 };
  if (isOfAws(error) || isOfNetwork(error)) return { text: `${name}: ${text}`, code: 1 };
  return undefined;
}

function inOneLine(text: string): string {
  return text.replaceAll(/\s+/g, ' ').trim();
}

function isOfAws(error: unknown): boolean {
  return typeof error === 'object' && error !== null && '$metadata' in error;
}

function isOfNetwork(error: unknown): boolean {
  const { code = '' } = error as { code?: string };
  return ['ECONNREFUSED', 'ETIMEDOUT', 'ECONNRESET'].includes(code);
}
