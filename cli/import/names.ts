/** What only starts another command, with the options that take a value of their own. */
const WRAPPERS: Record<string, RegExp | undefined> = {
  env: undefined, nohup: undefined, exec: undefined, command: undefined, time: undefined, chronic: undefined,
  nice: /^-n$/, ionice: /^-[cnp]$/, sudo: /^-[ugCp]$/, su: /^-[sc]$/, flock: /^-[wE]$/, timeout: /^-[ks]$/,
  setlock: undefined, bash: undefined, sh: undefined, zsh: undefined, python: /^-[WX]$/, python2: /^-[WX]$/,
  python3: /^-[WX]$/, node: /^-r$/, php: /^-[dc]$/, ruby: /^-I$/, perl: /^-I$/, bundle: undefined,
  npx: undefined, java: /^-(cp|classpath)$/, poetry: undefined, pipenv: undefined, run: undefined,
}; // biome-ignore format: one line a group reads better

/** What takes the name of the work as its first argument. */
const RUNNERS = new Set([
  'manage.py',
  'artisan',
  'rake',
  'console',
  'npm',
  'yarn',
  'make',
  'flask',
]);

/** What wrappers take before the command they start. */
const TAKES_ONE = new Set(['flock', 'timeout', 'setlock']);

/** A job's name has at most 64 characters; some are kept for a number. */
const LONGEST = 56;

/** The name of a job after the command that it was: `/opt/app/send_mail.py --all >> log` is `send-mail`. */
export function nameOfCommand(command: string): string {
  const work = command
    .replace(/\d*>>?\s*&?\S+/g, ' ') // where its output went
    .split(/&&|\|\||[;|]/)
    .map((part) => part.trim())
    .find((part) => part !== '' && !/^(cd|export|source|\.|\[|test|umask)\s/.test(part));
  const words = (work ?? command)
    .replaceAll(/["'`(){}]/g, ' ')
    .trim()
    .split(/\s+/);
  return kebab(workOf(words) ?? '');
}

/** Any text as a name: `Send_Mails.v2` is `send-mails-v2`. */
export function kebab(text: string): string {
  const name = text
    .replaceAll(/([a-z\d])([A-Z])/g, '$1-$2')
    .toLowerCase()
    .replaceAll(/[^a-z\d]+/g, '-')
    .slice(0, LONGEST)
    .replaceAll(/^-+|-+$/g, '');
  return name || 'job';
}

/** Gives each name once: the second `backup` is `backup-2`. */
export class Names {
  readonly #taken = new Set<string>();

  take(name: string): string {
    let free = name;
    for (let i = 2; this.#taken.has(free); i += 1) free = `${name}-${i}`;
    this.#taken.add(free);
    return free;
  }
}

function workOf(words: readonly string[]): string | undefined {
  let options: RegExp | undefined;
  let skipped = 0;
  for (const [i, word] of words.entries()) {
    if (skipped > 0) {
      skipped -= 1;
      continue;
    }
    if (word.startsWith('-')) {
      if (options?.test(word)) skipped = 1;
      continue;
    }
    if (/^\w+=/.test(word)) continue;
    const base = word.split('/').at(-1) ?? word;
    if (Object.hasOwn(WRAPPERS, base)) {
      options = WRAPPERS[base];
      if (TAKES_ONE.has(base)) skipped = valuesAfter(words.slice(i + 1), options);
      continue;
    }
    if (!RUNNERS.has(base)) return base.replace(/\.(py|sh|js|ts|mjs|php|rb|pl|jar|bash)$/, '');
    return words.slice(i + 1).find((next) => !next.startsWith('-') && next !== 'run') ?? base;
  }
  return words[0]?.split('/').at(-1);
}

/** How many words `flock -w 5 /tmp/lock` has before the command: its options, and one more. */
function valuesAfter(words: readonly string[], options: RegExp | undefined): number {
  let i = 0;
  while (words[i]?.startsWith('-')) i += options?.test(words[i] ?? '') ? 2 : 1;
  return i + 1;
}
