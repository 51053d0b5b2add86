import { readFileSync } from 'node:fs';

const EVERY_MS = 100;
/** Node itself needs some of what Lambda counts; a job must not die here that lives there. */
const ALLOWANCE_MB = 64;

/**
 * Calls `outgrown` once a process has more memory of its own than its function may have. V8 ends
 * itself where its heap is full; what lies outside of it (buffers) would fill this machine instead.
 * Only Linux tells, elsewhere nothing happens.
 *
 * @returns ends the watch
 */
export function watchMemory(pid: number, limitMb: number, outgrown: () => void): () => void {
  const timer = setInterval(() => {
    if (memoryOf(pid) <= limitMb + ALLOWANCE_MB) return;
    clearInterval(timer);
    outgrown();
  }, EVERY_MS);
  return () => clearInterval(timer);
}

/** Megabytes; 0 where nobody tells. Without what it shares with others, such as Node's own code. */
function memoryOf(pid: number): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(/^RssAnon:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1_024;
  } catch {
    return 0;
  }
}
