/** Trusted HTML, created only by `markup` and from constants. */
export class Markup {
  constructor(readonly text: string) {}
}

/** Values allowed in a template: text is escaped, markup is not, lists are joined, undefined is empty. */
export type Part = Markup | string | number | undefined | readonly Part[];

/** Template tag that escapes all values, for content and quoted attributes. */
export function markup(template: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(String.raw({ raw: template }, ...parts.map(render)));
}

/** Truncates received text for tables; an ellipsis marks the cut. */
export function shorten(text: string, characters = 120): string {
  // By code points, to keep surrogate pairs together.
  const start = Array.from(text.slice(0, 2 * characters));
  return text.length <= characters ? text : `${start.slice(0, characters).join('')}…`;
}

function render(part: Part): string {
  if (part instanceof Markup) return part.text;
  if (part === undefined) return '';
  return typeof part === 'object' ? part.map(render).join('') : escape(String(part));
}

const entities: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return (
    text
      .replace(/[&<>"']/g, (character) => entities[character] ?? '')
      // Invisible characters can change the text direction; they are shown as JSON escapes.
      .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
        character
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join(''),
      )
  );
}
