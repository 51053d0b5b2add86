import { brotliCompressSync, brotliDecompressSync, constants } from 'node:zlib';

/** More takes several times as long, for a few percent. */
const QUALITY = 5;

/** A value as JSON in as few bytes as is worth the time: lists of jobs are a tenth of their text. */
export function packed(value: unknown): Uint8Array {
  return brotliCompressSync(JSON.stringify(value), {
    params: { [constants.BROTLI_PARAM_QUALITY]: QUALITY },
  });
}

/** What was packed. */
export function unpacked<T>(bytes: Uint8Array): T {
  return JSON.parse(brotliDecompressSync(bytes).toString());
}
