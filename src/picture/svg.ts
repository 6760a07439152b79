/** Writing SVG. What is text is escaped here and nowhere else, so that the result is well-formed whatever it says. */

/** XML that is written already; only {@link element} and {@link rawStyle} make it. */
export class Xml {
  constructor(readonly text: string) {}
}

/** What may stand inside an element: text is escaped, lists are joined, undefined is nothing. */
export type Child = Xml | string | undefined | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Attributes are written in the order given; numbers with at most one decimal. */
export function element(name: string, attributes: Attributes, ...children: Child[]): Xml {
  const written = Object.entries(attributes).map(([key, value]) =>
    value === undefined ? '' : ` ${key}="${typeof value === 'number' ? number(value) : escape(value)}"`,
  );
  const inside = children.map(inner).join('');
  const start = `<${name}${written.join('')}`;
  return new Xml(inside === '' ? `${start}/>` : `${start}>${inside}</${name}>`);
}

export function number(value: number): string {
  return String(Math.round(value * 10) / 10);
}

/** One path out of many pieces, or nothing. */
export function path(pieces: readonly string[], attributes: Attributes): Xml | undefined {
  return pieces.length === 0 ? undefined : element('path', { d: pieces.join(''), ...attributes });
}

/** A style sheet; only for constants. */
export function rawStyle(css: string): Xml {
  return new Xml(`<style>${css}</style>`);
}

/**
 * On one line, and without characters that XML forbids, that nobody sees, or that turn the direction of what follows: a
 * sign stands in their place.
 */
export function plain(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** Text in at most so many pixels; what is left out shows as `…`. */
export function fit(text: string, pixels: number, size: number): string {
  const clean = plain(text);
  if (widthOf(clean, size) <= pixels) return clean;
  let used = widthOf('…', size);
  let kept = '';
  for (const character of clean) {
    used += widthOf(character, size);
    if (used > pixels) break;
    kept += character;
  }
  return `${kept.trimEnd()}…`;
}

/** Pixels that a text takes at most in common fonts; without a font at hand, an estimate on the safe side. */
export function widthOf(text: string, size: number): number {
  let ems = 0;
  for (const character of text) ems += emsOf(character);
  return ems * size;
}

const FIRST_WIDE = 0x1100;

function emsOf(character: string): number {
  if ((character.codePointAt(0) ?? 0) >= FIRST_WIDE) return 1.05;
  if (/[ifjlrtI1.,:;|!' ]/.test(character)) return 0.42;
  return /[A-ZmwMW@%→…]/.test(character) ? 0.76 : 0.6;
}

function inner(child: Child): string {
  if (child === undefined) return '';
  if (child instanceof Xml) return child.text;
  return typeof child === 'string' ? escape(child) : child.map(inner).join('');
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&': '&amp;',
  '<': '&lt;',
  '>': '&gt;',
  '"': '&quot;',
  "'": '&#39;',
};

function escape(text: string): string {
  return plain(text).replace(/[&<>"']/g, (character) => ENTITIES[character] ?? '');
}
