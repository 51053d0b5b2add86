/**
 * What in a payload JSON can not carry, and where; `undefined` if nothing. JSON.stringify alone
 * would drop functions and turn dates and NaN into something else without a word.
 */
export function payloadProblem(payload: unknown): string | undefined {
  if (payload === undefined) return undefined;
  const culprit = notJson(payload, 'payload', []);
  return culprit && `${culprit}; use text, finite numbers, booleans, null, lists and plain objects`;
}

function notJson(value: unknown, path: string, parents: unknown[]): string | undefined {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return undefined;
  if (typeof value === 'number')
    return Number.isFinite(value) ? undefined : `${path} is ${value}, which is not JSON`;
  if (typeof value !== 'object')
    return `${path} is ${value === undefined ? '' : 'a '}${typeof value}, which is not JSON`;
  if (parents.includes(value)) return `${path} contains itself, which is not JSON`;
  const plain =
    Array.isArray(value) || [Object.prototype, null].includes(Object.getPrototypeOf(value));
  if (!plain) return `${path} is a ${value.constructor.name}, which is not JSON`;
  for (const [key, inner] of Object.entries(value)) {
    const found = notJson(inner, `${path}.${key}`, [...parents, value]);
    if (found) return found;
  }
  return undefined;
}
