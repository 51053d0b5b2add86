/**
 * Why the store gave no answer:
 * `unavailable` no connection, a timeout, an error of the service; the request may have been applied.
 * `throttled` the service asked to slow down.
 * `contended` others changed the same item again and again.
 * `denied` the role, the credentials or the table's name are wrong; trying again can not help.
 */
export type StoreTrouble = 'unavailable' | 'throttled' | 'contended' | 'denied';

/** The ledger could not be reached or used. Never a refusal: a refused condition is an answer. */
export class StoreError extends Error {
  override readonly name = 'StoreError';
  readonly trouble: StoreTrouble;
  /** Milliseconds spent on trying, where one request was tried. */
  readonly elapsed?: number;

  constructor(trouble: StoreTrouble, message: string, tried?: { elapsed: number; cause: unknown }) {
    super(message, { cause: tried?.cause });
    this.trouble = trouble;
    this.elapsed = tried?.elapsed;
    // Lambda prints the stack of whatever a handler throws, and frames of ours explain no outage.
    this.stack = `${this.name}: ${message}`;
  }
}

const THROTTLED = new Set([
  'ProvisionedThroughputExceededException',
  'RequestLimitExceeded',
  'ThrottlingException',
]);
const CONTENDED = new Set(['TransactionConflictException', 'ReplicatedWriteConflictException']);
const DENIED = new Set([
  'AccessDeniedException',
  'CredentialsProviderError',
  'ExpiredTokenException',
  'IncompleteSignatureException',
  'InvalidSignatureException',
  'MissingAuthenticationTokenException',
  'ResourceNotFoundException',
  'UnrecognizedClientException',
]);

/** What the SDK calls an error answer that names none: it came from something else than DynamoDB. */
const NAMELESS = 'Unknown';

/**
 * What kind of trouble an error of the SDK is; `undefined` for an answer (a refused condition) and
 * for a mistake of ours (a malformed request), which must not be taken for trouble. An answer of
 * DynamoDB has a `$fault`; a connection that failed, or brought what can not be read, has none.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export function troubleOf(error: unknown): StoreTrouble | undefined {
  const { name = '', $fault } = error as { name?: string; $fault?: 'client' | 'server' };
  if (THROTTLED.has(name)) return 'throttled';
  if (CONTENDED.has(name)) return 'contended';
  if (DENIED.has(name)) return 'denied';
  return $fault === 'client' && name !== NAMELESS ? undefined : 'unavailable';
}
