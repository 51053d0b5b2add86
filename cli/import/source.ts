import type { Settings } from '../../core/schedule/settings.ts';
import type { Entry } from './imported.ts';

/** As the formatter of the project has it. */
const WIDTH = 100;

/** An entry as it stands in `infra/schedules.ts`, ready to paste. */
export function sourceOf({ line, name, handler, settings, source }: Entry): string {
  const file = `typeof import('../functions/jobs/${handler ?? name}.ts')`;
  const key = literal(name, '', true);
  const one = `  ${key}: schedule<${file}>({`;
  const head = one.length <= WIDTH ? one : `  ${key}: schedule<\n    ${file}\n  >({`;
  const all: Settings = handler === undefined ? settings : { ...settings, handler };
  const fields = Object.entries(all)
    .filter(([, value]) => value !== undefined)
    .map(([field, value]) => `    ${literal(field, '', true)}: ${literal(value, '    ')},\n`);
  return `  // line ${line}: ${oneLine(source)}\n${head}\n${fields.join('')}  }),\n`;
}

/** What JSON can carry, as TypeScript. */
function literal(value: unknown, indent: string, isKey = false): string {
  if (typeof value === 'string') {
    if (isKey && value === '__proto__') return "['__proto__']"; // else it would set the prototype
    return isKey && /^[A-Za-z_$][\w$]*$/.test(value) ? value : quoted(value);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const isList = Array.isArray(value);
  const inner = `${indent}  `;
  const parts = Object.entries(value).map(
    ([key, part]) => `${isList ? '' : `${literal(key, '', true)}: `}${literal(part, inner)}`,
  );
  const [open, close, gap] = isList ? ['[', ']', ''] : ['{', '}', ' '];
  if (parts.length === 0) return open + close;
  const short = `${open}${gap}${parts.join(', ')}${gap}${close}`;
  if (short.length + indent.length < WIDTH - 20 && !short.includes('\n')) return short;
  return `${open}\n${parts.map((part) => `${inner}${part},\n`).join('')}${indent}${close}`;
}

/** In single quotes, unless it has some and no double ones. */
function quoted(text: string): string {
  const json = JSON.stringify(text);
  if (text.includes("'") && !text.includes('"')) return json;
  return `'${json.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** A comment ends with its line. */
function oneLine(text: string): string {
  return text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ');
}
