/** DEFLATE (RFC 1951) of texts and payloads. */
import { promisify } from 'node:util';
import { deflateRaw, deflateRawSync, inflateRaw, inflateRawSync } from 'node:zlib';

/**
 * Up to here the thread pool costs more processor time than the work, of some 0.1 ms; above, the work would hold up the event loop.
 * Bytes.
 */
const SMALL = 64 * 1024;
/** A third of the time of the default, for a result that is some percent larger. */
const OPTIONS = { level: 3 };

const deflateElsewhere = promisify<Uint8Array, typeof OPTIONS, Buffer>(deflateRaw);
const inflateElsewhere = promisify<Uint8Array, Buffer>(inflateRaw);

export async function deflate(data: Uint8Array): Promise<Buffer> {
  return data.length <= SMALL ? deflateRawSync(data, OPTIONS) : deflateElsewhere(data, OPTIONS);
}

/** @throws Error for what is not deflated */
export async function inflate(data: Uint8Array): Promise<Buffer> {
  // States and batches shrink to less than a third.
  return data.length <= SMALL / 3 ? inflateRawSync(data) : inflateElsewhere(data);
}
