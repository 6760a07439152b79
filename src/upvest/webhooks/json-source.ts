/** The text of parts of a JSON document, byte for byte. Parsing and writing again would change numbers beyond 2^53. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
/** `[` and `{`, `]` and `}` differ in one bit, which is set in the braces. */
const BRACE_BIT = 0x20;
const OPEN = 0x5b;
const CLOSE = 0x5d;

/** @param text JSON of an array */
export function elementTexts(text: string): string[] {
  return partsOf(text);
}

/**
 * The value of an object's member as text. Of members with the same name the last one counts, as for `JSON.parse`.
 *
 * @param text JSON of an object
 */
export function memberText(text: string, name: string): string | undefined {
  for (const part of partsOf(text).reverse()) {
    const keyEnd = endOfString(part, 0) + 1;
    if (JSON.parse(part.slice(0, keyEnd)) !== name) continue;
    return part.slice(part.indexOf(':', keyEnd) + 1).trim();
  }
  return undefined;
}

/** The parts between the outermost brackets, without blanks around them. Without recursion: nesting has no limit. */
function partsOf(text: string): string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (let at = 0; at < text.length; at += 1) {
    const char = text.charCodeAt(at);
    if (char === QUOTE) at = endOfString(text, at);
    else if ((char & ~BRACE_BIT) === OPEN) {
      depth += 1;
      if (depth === 1) start = at + 1;
    } else if ((char & ~BRACE_BIT) === CLOSE || char === COMMA) {
      if (depth === 1) parts.push(text.slice(start, at).trim());
      if (char === COMMA) start = depth === 1 ? at + 1 : start;
      else depth -= 1;
    }
  }
  return parts.length === 1 && parts[0] === '' ? [] : parts;
}

/** Index of the closing quote of the string that begins at an index. */
function endOfString(text: string, begin: number): number {
  let at = begin + 1;
  while (at < text.length && text.charCodeAt(at) !== QUOTE) at += text.charCodeAt(at) === BACKSLASH ? 2 : 1;
  return at;
}
