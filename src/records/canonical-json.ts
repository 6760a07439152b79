/** Canonical JSON (RFC 8785): one spelling of the same content, so that its hash can be computed again anywhere. */
import canonicalize from 'canonicalize';

/** Members that JSON cannot represent are left out. */
export function canonicalJson(value: object): string {
  const text = canonicalize(JSON.parse(JSON.stringify(value)));
  if (text === undefined) throw new Error('Only JSON has a canonical form');
  return text;
}
