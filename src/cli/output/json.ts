/** Writes JSON to a terminal. */

/** Characters that JSON may hold as they are, and that a terminal may obey: C1 controls, DEL, and format characters. */
const OBEYED = /[\u007f-\u009f\p{Cf}\p{Zl}\p{Zp}\p{Cs}]/gu;

/** JSON with the same value as that of `JSON.stringify`. */
export function terminalJson(value: unknown, indent?: number): string {
  return terminalText(JSON.stringify(value, undefined, indent));
}

/** @param json JSON text; the result has the same value */
export function terminalText(json: string): string {
  return json.replace(OBEYED, (character) =>
    Array.from({ length: character.length }, (_one, index) => escaped(character.charCodeAt(index))).join(''),
  );
}

function escaped(unit: number): string {
  return `\\u${unit.toString(16).padStart(4, '0')}`;
}
