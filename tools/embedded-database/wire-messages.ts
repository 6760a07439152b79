/** Cuts what a client of PostgreSQL writes into messages (PostgreSQL manual, "Message Formats"). */

/** What the client begins with, before any other message. */
export type Opening = 'encryption' | 'cancellation' | 'start';

export type FrontendMessage = { kind: 'opening'; opening: Opening } | { kind: 'message'; type: string };

export type Cut = FrontendMessage & { bytes: Buffer };

export interface MessageReader {
  /** The messages that are complete now. @throws Error for a length that no message has */
  take(chunk: Buffer): Cut[];
}

const OPENINGS: Readonly<Record<number, Opening>> = {
  80877103: 'encryption', // SSLRequest
  80877104: 'encryption', // GSSENCRequest
  80877102: 'cancellation',
};
const HEADER_BYTES = 5;
const OPENING_BYTES = 8;
const MAX_BYTES = 256 * 1024 * 1024;

export function createMessageReader(): MessageReader {
  let rest: Buffer = Buffer.alloc(0);
  let isStarted = false;

  const next = (): Cut | undefined => {
    const lengthAt = isStarted ? 1 : 0;
    if (rest.length < (isStarted ? HEADER_BYTES : OPENING_BYTES)) return undefined;
    const length = rest.readInt32BE(lengthAt) + lengthAt;
    if (length < (isStarted ? HEADER_BYTES : OPENING_BYTES) || length > MAX_BYTES)
      throw new Error(`no message has ${length} bytes`);
    if (rest.length < length) return undefined;
    const bytes = rest.subarray(0, length);
    rest = rest.subarray(length);
    if (isStarted) return { kind: 'message', type: String.fromCharCode(bytes[0] ?? 0), bytes };
    const opening = OPENINGS[bytes.readInt32BE(4)] ?? 'start';
    isStarted = opening === 'start';
    return { kind: 'opening', opening, bytes };
  };

  return {
    take(chunk) {
      rest = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
      const cut: Cut[] = [];
      for (let message = next(); message !== undefined; message = next()) cut.push(message);
      return cut;
    },
  };
}
