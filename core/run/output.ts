/** DynamoDB's items end at 400 KB; rows should stay far below, since each KB is a write unit. */
const LARGEST_OUTPUT = 64 * 1024;

/**
 * What a function returned, as the JSON that a row can hold. A run whose work is done is not
 * failed for its answer: what JSON can not carry, or what is too large, is replaced by a note.
 */
export function jsonOutput(output: unknown): unknown {
  if (output === undefined) return undefined;
  let text: string | undefined;
  try {
    text = JSON.stringify(output);
  } catch (error) {
    return { note: `the output is not JSON: ${(error as Error).message}` };
  }
  if (text === undefined) return { note: `the output is a ${typeof output}, which is not JSON` };
  const bytes = Buffer.byteLength(text);
  if (bytes > LARGEST_OUTPUT) {
    return {
      note: `the output has ${bytes} bytes, more than ${LARGEST_OUTPUT}`,
      start: text.slice(0, 1_000),
    };
  }
  return JSON.parse(text);
}
