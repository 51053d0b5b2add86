/** What goes between the local cloud and the process of one execution environment. */

/** The start of a process: its arguments, as JSON in argv. */
export interface StartMessage {
  /** The folder of the bundle. */
  code: string;
  /** Of the function, for the context. */
  arn: string;
  handler: string;
  /** Simulated minus real time in ms. */
  offset: number;
}

export interface InvokeMessage {
  event: unknown;
  requestId: string;
  /** Simulated milliseconds since 1970. */
  deadline: number;
  offset: number;
}

/** What Lambda says of a failure. */
export interface FunctionError {
  /** The name of what was thrown, or Lambda's own: `Sandbox.Timedout`, `Runtime.ExitError` ... */
  errorType: string;
  errorMessage: string;
  trace?: string[];
}

export type ProcessMessage =
  /** The handler is imported. */
  | { type: 'ready' }
  /** It could not be. The process ends. */
  | { type: 'unusable'; error: FunctionError }
  | { type: 'returned'; payload: unknown }
  | { type: 'threw'; error: FunctionError };
