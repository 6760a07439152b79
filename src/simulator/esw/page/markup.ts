/** Text that is HTML already; only `markup` and constants make it. */
export class Markup {
  constructor(readonly text: string) {}
}

/** What may stand in a template: text is escaped, markup is not, lists are joined, undefined is nothing. */
export type Part = Markup | string | number | undefined | readonly Part[];

/** A template whose every value is escaped, in content and in quoted attributes alike. */
export function markup(template: TemplateStringsArray, ...parts: Part[]): Markup {
  return new Markup(String.raw({ raw: template }, ...parts.map(render)));
}

/** Received text in a length for tables: the beginning, with a sign that there was more. */
export function shorten(text: string, characters = 120): string {
  // By code points, so that no character is cut in half.
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
      // Invisible characters can turn the direction of what follows; they are shown as JSON would write them.
      .replace(/(?![\n\t])[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu, (character) =>
        character
          .split('')
          .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
          .join(''),
      )
  );
}
