/** Text from outside in Markdown: it says what it says, and forms nothing. */

/** Control and format characters, which could reorder or break lines, and all white space. */
const BLANKS = /[\p{C}\p{Zl}\p{Zp}\s]+/gu;
/** Marks that form something in the middle of a line; an underscore does so only at the edge of a word. */
const MARKS = /[\\`*[\]<>|~&]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])/gu;
/** Where a bare address would become a link. */
const ADDRESSES = /:(?=\/\/)|(?<=www)\./gi;

/** Any text as plain text on one line. */
export function plain(text: string): string {
  return text.replace(BLANKS, ' ').trim().replace(MARKS, '\\$&').replace(ADDRESSES, '\\$&');
}

/** Any text as code on one line. */
export function code(text: string): string {
  return `\`${text.replace(BLANKS, ' ').replaceAll('`', '’').trim()}\``;
}
