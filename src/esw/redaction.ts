/**
 * Removes secrets from a text. Error pages of proxies may repeat the request, and the text goes into logs, results and
 * workflow histories.
 */
export type Redact = (text: string) => string;

/** Redacts these secrets, also in their form, URL and JSON encodings. */
export function createRedaction(...secrets: string[]): Redact {
  const spellings = secrets.flatMap((secret) => [
    secret,
    new URLSearchParams({ '': secret }).toString().slice(1),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  // The longest first, since one encoding may contain another.
  const all = [...new Set(spellings)].filter((one) => one !== '').sort((a, b) => b.length - a.length);
  return (text) => all.reduce((rest, spelling) => rest.replaceAll(spelling, '…'), text);
}
