/** Writes SVG. All text is escaped here, so that the result is well-formed. */
import { own } from '../domain/values/own';

/** Serialised XML; only {@link element} and {@link rawStyle} create it. */
export class Xml {
  constructor(readonly text: string) {}
}

/** Content of an element: text is escaped, lists are joined, undefined is skipped. */
export type Child = Xml | string | undefined | readonly Child[];
export type Attributes = Readonly<Record<string, string | number | undefined>>;

/** Writes attributes in the given order; numbers have at most one decimal. */
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

/** One path from several pieces; undefined without pieces. */
export function path(pieces: readonly string[], attributes: Attributes): Xml | undefined {
  return pieces.length === 0 ? undefined : element('path', { d: pieces.join(''), ...attributes });
}

/** A style sheet. The text is not escaped: pass constants only. */
export function rawStyle(css: string): Xml {
  return new Xml(`<style>${css}</style>`);
}

/**
 * Text on one line. Characters that XML forbids, invisible ones, and those that change the writing direction are replaced
 * by U+FFFD.
 */
export function singleLine(text: string): string {
  return text.replace(/\s+/g, ' ').replace(/[\p{C}\p{Zl}\p{Zp}]/gu, '\uFFFD');
}

/** Text truncated with `…` to a width in pixels. */
export function fit(text: string, pixels: number, size: number): string {
  const clean = singleLine(text);
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

/** Upper estimate of a text's width in pixels, for common fonts. */
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
  return singleLine(text).replace(/[&<>"']/g, (character) => own(ENTITIES, character) ?? '');
}
