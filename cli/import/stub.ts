import type { Entry } from './imported.ts';

/** The file of a job whose code is still to be written: it compiles, and fails until it is. */
export function stubOf({ name, settings: { payload }, source }: Entry): string {
  const type = payload === undefined ? '' : `<${typeOf(payload)}>`;
  const was = source.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ').replaceAll('*/', '*\\/');
  return `import { DoNotRetry, job } from '../job.ts';

/** Was: ${was} */
export const handler = job${type}(async () => {
  throw new DoNotRetry('${name} is not written yet');
});
`;
}

/** The type of what JSON can carry. */
function typeOf(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  if (Array.isArray(value)) {
    const types = [...new Set(value.map(typeOf))];
    return types.length === 1 && /^\w+$/.test(types[0] ?? '') ? `${types[0]}[]` : 'unknown[]';
  }
  const parts = Object.entries(value).map(
    ([key, part]) =>
      `${/^[A-Za-z_$][\w$]*$/.test(key) ? key : JSON.stringify(key)}: ${typeOf(part)}`,
  );
  return parts.length === 0 ? 'Record<string, never>' : `{ ${parts.join('; ')} }`;
}
