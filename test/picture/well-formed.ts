/**
 * A checker for the XML that the chart uses: elements, quoted attributes, text, the five entities and numbers. It is stricter
 * than XML, so every XML parser accepts what it accepts; `test/page` confirms that with Chromium.
 */

const CHARACTER = /^[\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]*$/u;
const ENTITY = /&(?!(?:amp|lt|gt|quot|#39);)/;
const TAG = /^<(\/?)([A-Za-z]+)((?: [A-Za-z:-]+="[^"<]*")*)(\/?)>$/;

/** The first error in a document; undefined if it is well-formed. */
export function misformed(xml: string): string | undefined {
  if (!CHARACTER.test(xml)) return 'a character that XML forbids';
  if (ENTITY.test(xml)) return 'an ampersand that begins no entity';
  const open: string[] = [];
  let roots = 0;
  for (const part of xml.match(/<[^>]*>?|[^<]+/g) ?? []) {
    if (!part.startsWith('<')) {
      if (open.length === 0) return `text outside of the document: ${part}`;
      if (part.includes(']]>')) return ']]> in text';
      continue;
    }
    const [, closes, name = '', attributes = '', isEmpty] = TAG.exec(part) ?? [];
    if (closes === undefined) return `no tag: ${part}`;
    const names = [...attributes.matchAll(/ ([A-Za-z:-]+)=/g)].map(([, one]) => one);
    if (new Set(names).size < names.length) return `an attribute twice: ${part}`;
    if (closes === '/') {
      if (open.pop() !== name) return `${part} closes another element`;
      continue;
    }
    if (open.length === 0) roots += 1;
    if (isEmpty === '') open.push(name);
  }
  if (open.length > 0) return `${open.join(' ')} stays open`;
  return roots === 1 ? undefined : `${roots} roots`;
}

const ENTITIES: Readonly<Record<string, string>> = {
  '&lt;': '<',
  '&gt;': '>',
  '&quot;': '"',
  '&#39;': "'",
  '&amp;': '&',
};

/** Texts of the chart, in document order. */
export function textsIn(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, text = '']) =>
    text.replace(/&(?:amp|lt|gt|quot|#39);/g, (entity) => ENTITIES[entity] ?? ''),
  );
}

/** Distinct names of all elements and attributes. */
export function namesIn(svg: string): string[] {
  const names = [...svg.matchAll(/<[^>]*>/g)].flatMap(([tag]) => [
    ...tag.matchAll(/^<\/?([A-Za-z]+)| ([A-Za-z:-]+)="[^"]*"/g),
  ]);
  return [...new Set(names.map(([, element, attribute]) => element ?? attribute ?? ''))];
}
