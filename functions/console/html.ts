import { clean } from './text.ts';

/** Markup that may be shown as it is. Only `html` makes it. */
export class Html {
  readonly text: string;

  constructor(text: string) {
    this.text = text;
  }
}

/** What can stand in a template: nothing is shown for `undefined` and `false`. */
export type Shown = Html | string | number | undefined | false | readonly Shown[];

/**
 * A template whose values are escaped, for an element's text and for a quoted attribute alike. What a
 * job returned or threw comes from anywhere: there is no other way to put it into a page.
 */
export function html(parts: TemplateStringsArray, ...values: Shown[]): Html {
  const text = parts.map((part, i) => (i === 0 ? part : shown(values[i - 1]) + part));
  return new Html(text.join(''));
}

const ENTITIES: Record<string, string> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
  '`': '&#96;',
};

function shown(value: Shown): string {
  if (value === undefined || value === false) return '';
  if (value instanceof Html) return value.text;
  if (typeof value === 'object') return value.map(shown).join('');
  return clean(String(value)).replace(/[&<>"'`]/g, (sign) => ENTITIES[sign] ?? sign);
}
