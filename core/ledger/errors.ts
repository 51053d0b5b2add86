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

  constructor(trouble: StoreTrouble, message: string, cause?: unknown) {
    super(message, { cause });
    this.trouble = trouble;
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

/**
 * What kind of trouble an error of the SDK is; `undefined` for an answer (a refused condition) and
 * for a mistake of ours (a malformed request), which must not be taken for trouble.
 * https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Programming.Errors.html
 */
export function troubleOf(error: unknown): StoreTrouble | undefined {
  const {
    name = '',
    $response,
    $fault,
  } = error as {
    name?: string;
    $fault?: 'client' | 'server';
    $response?: { statusCode?: number };
  };
  if (THROTTLED.has(name)) return 'throttled';
  if (CONTENDED.has(name)) return 'contended';
  if (DENIED.has(name)) return 'denied';
  const answered = $fault === 'client' && ($response?.statusCode ?? 400) < 500;
  return answered ? undefined : 'unavailable';
}
