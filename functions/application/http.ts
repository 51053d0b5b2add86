/** How long an answer is waited for, in milliseconds. */
const PATIENCE = 3000;

/**
 * Whether a URL answers with a 2xx in time.
 * @throws the signal's reason once it fired: that says nothing about the other side.
 */
export async function answers(
  method: 'GET' | 'POST',
  url: string,
  signal: AbortSignal,
): Promise<boolean> {
  try {
    const limit = AbortSignal.any([signal, AbortSignal.timeout(PATIENCE)]);
    const response = await fetch(url, { method, signal: limit });
    await response.body?.cancel();
    return response.ok;
  } catch {
    signal.throwIfAborted();
    return false;
  }
}

/**
 * Does `work` for each item, at most `atOnce` together; takes no further item once one failed or
 * the signal fired, and returns only when nothing is in flight.
 * @throws the first failure
 */
export async function several<T>(
  atOnce: number,
  items: AsyncGenerator<T>,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  // Loops over one generator share its items; a loop that throws closes it for the others.
  const worker = async () => {
    for await (const item of items) {
      signal.throwIfAborted();
      await work(item);
    }
  };
  const ends = await Promise.allSettled(Array.from({ length: atOnce }, worker));
  const failure = ends.find((end) => end.status === 'rejected');
  if (failure) throw failure.reason;
}
