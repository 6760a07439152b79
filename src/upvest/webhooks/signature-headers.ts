/** Reads the headers `signature-input` and `signature`, which may hold several signatures, each with a label (RFC 9421). */
import type { Dictionary, InnerList, Item } from 'structured-headers';
import { parseDictionary } from 'structured-headers';

/** One signature of a request. */
export interface LabelledSignature {
  components: string[];
  /** Its value in `signature-input`, byte for byte. */
  input: string;
  keyId: string;
  /** Seconds since the epoch. */
  created: number | undefined;
  expires: number | undefined;
  bytes: Buffer;
}

/** Upvest sends one signature; a gateway, or a change of form, may add some. Bounds what one request can cost. */
const MAX_SIGNATURES = 4;

/** @returns each signature or what is wrong with it, at least one; a text if the headers are malformed as a whole */
export function readSignatureHeaders(
  inputHeader: string,
  signatureHeader: string,
): (LabelledSignature | string)[] | string {
  const inputs = dictionary(inputHeader);
  const signatures = dictionary(signatureHeader);
  if (inputs === undefined || signatures === undefined) return 'not a structured field';
  if (inputs.size === 0) return 'signature-input holds no signature';
  if (inputs.size > MAX_SIGNATURES) return `signature-input holds more than ${MAX_SIGNATURES} signatures`;
  const members = membersOf(inputHeader);
  if (members.length !== inputs.size) return 'a label is used twice';
  // Verbatim, since the order of the parameters is free and their bytes are signed
  // (references/upvest.md#webhook-signature no. 2).
  return [...inputs].map(([label, list], index) => read(label, list, members[index] ?? '', signatures));
}

function read(
  label: string,
  list: Item | InnerList,
  input: string,
  signatures: Dictionary,
): LabelledSignature | string {
  if (!isInnerList(list)) return 'signature-input is not a list of components';
  const components: string[] = [];
  for (const [name, parameters] of list[0]) {
    if (typeof name !== 'string' || parameters.size > 0) return 'a component is not a plain string';
    components.push(name);
  }
  if (new Set(components).size < components.length) return 'a component is covered twice';

  const [bytes] = signatures.get(label) ?? [];
  if (!(bytes instanceof ArrayBuffer)) return `signature has no bytes labelled ${label}`;
  const keyId: unknown = list[1].get('keyid');
  if (typeof keyId !== 'string') return 'keyid is missing';
  return {
    components,
    input,
    keyId,
    created: integer(list[1].get('created')),
    expires: integer(list[1].get('expires')),
    bytes: Buffer.from(bytes),
  };
}

/** The values of a dictionary's members as text. A comma separates members unless it is inside a string. */
function membersOf(header: string): string[] {
  const members = header.match(/(?:"(?:[^"\\]|\\.)*"|[^",])+/g) ?? [];
  return members.map((member) => member.slice(member.indexOf('=') + 1).trim());
}

function dictionary(text: string): Dictionary | undefined {
  try {
    return parseDictionary(text);
  } catch {
    return undefined;
  }
}

function isInnerList(member: Item | InnerList): member is InnerList {
  return Array.isArray(member[0]);
}

function integer(value: unknown): number | undefined {
  return Number.isInteger(value) ? (value as number) : undefined;
}
