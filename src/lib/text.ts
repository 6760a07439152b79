/** Text from outside, before it reaches the engine, a database or a log. */

/** Unpaired surrogates, and control characters except tabs and line breaks: protobuf and PostgreSQL reject some of them. */
const UNSAFE = /\p{Cs}|[^\P{Cc}\t\n\r]/gu;

/** The beginning of a text, with `�` for each character that cannot be stored everywhere. */
export function safeText(text: string, maxLength: number): string {
  return text.slice(0, maxLength).replace(UNSAFE, '�');
}
