import type { RunError } from './states.ts';

/** A row is one write unit while it is small; a message of a megabyte would not even fit. */
const LONGEST_MESSAGE = 2_000;
const LONGEST_NAME = 100;

/** An error as a row has it. */
export function runError(name: unknown, message: unknown): RunError {
  return {
    name: String(name).slice(0, LONGEST_NAME),
    message: String(message).slice(0, LONGEST_MESSAGE),
  };
}
