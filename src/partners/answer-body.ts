/** What the body of an answer shows about its author, and its words. */
import type { IncomingHttpHeaders } from 'node:http';
import { parseJson } from '../lib/json';
import { safeText } from '../lib/text';

export type BodyKind =
  | 'empty'
  /** An error in a form that the partner documents. */
  | 'own'
  /** Other JSON. */
  | 'json'
  /** Something that the partner never sends, such as HTML. */
  | 'foreign';

export interface AnswerBody {
  headers: IncomingHttpHeaders;
  text: string;
  /** False if the connection broke, or the body was too large. Default true. */
  isComplete?: boolean;
}

/** @param isOwnError whether a parsed body is an error in a form that the partner documents */
export function bodyKind(
  { headers, text, isComplete = true }: AnswerBody,
  isOwnError: (body: unknown) => boolean,
): BodyKind {
  const type = mediaType(headers);
  const isJson = /^(application|text)\/([^;]+\+)?json$/.test(type);
  if (!isComplete) return isJson || type === '' ? 'json' : 'foreign';
  if (text.trim() === '') return 'empty';
  if (!isJson && type !== '') return 'foreign';
  const body = parseJson(text);
  if (body === undefined) return 'foreign';
  return isOwnError(body) ? 'own' : 'json';
}

/** Lower case, without parameters; empty if there is none. */
function mediaType(headers: IncomingHttpHeaders): string {
  return (headers['content-type'] ?? '').split(';')[0]?.trim().toLowerCase() ?? '';
}

// Control characters, and those that change the direction of text or are invisible.
const UNPRINTABLE = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]+/gu;

/**
 * The beginning of what a gateway says, as plain text on one line: tags, scripts and styles of HTML are removed, and control
 * characters as well.
 */
export function wordsOf(text: string, maxCharacters: number): string {
  const words = text
    // Far more than is shown; error pages can have any size.
    .slice(0, 100 * maxCharacters)
    .replace(/<(script|style)\b[\s\S]*?(<\/\1\s*>|$)/gi, ' ')
    .replace(/<!--[\s\S]*?(-->|$)/g, ' ')
    .replace(/<\/?[a-z!][^<>]*>/gi, ' ')
    .replace(UNPRINTABLE, ' ')
    .replace(/\s+/g, ' ')
    .trim();
  return safeText(words, maxCharacters);
}
