/**
 * Removes secrets from what an answer says: proxies complain by showing the request, and what is told of an answer goes
 * into logs, results and the workflow's history.
 */
export type Hide = (text: string) => string;

/** Hides these secrets, as they are and as forms, addresses and JSON spell them. */
export function hiding(...secrets: string[]): Hide {
  const spellings = secrets.flatMap((secret) => [
    secret,
    new URLSearchParams({ '': secret }).toString().slice(1),
    encodeURIComponent(secret),
    JSON.stringify(secret).slice(1, -1),
  ]);
  // The longest first: a spelling may contain another one.
  const all = [...new Set(spellings)].filter((one) => one !== '').sort((a, b) => b.length - a.length);
  return (text) => all.reduce((rest, spelling) => rest.replaceAll(spelling, '…'), text);
}
