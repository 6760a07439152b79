/** Format of a UUID. Version and variant bits are not checked; test ids often lack them. */
export const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** A UUID in lower case (RFC 9562 section 4), so that one object has one name; any other text as it is. */
export function inOneSpelling(text: string): string {
  return UUID.test(text) ? text.toLowerCase() : text;
}
