/**
 * The life of an order as it crosses from one run to the next and into the result. Orders of the usual size stay
 * readable JSON. A large one, of hundreds of children, is deflated: the engine refuses payloads of 2 MiB for good, and warns
 * from 512 KiB on.
 */
import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { fromUint8Array, toUint8Array } from 'js-base64';
import type { OrderLife } from './order-life';

export interface PackedLife {
  encoding: 'deflate+base64';
  /** JSON text of an `OrderLife`, deflated (RFC 1951) and base64. */
  data: string;
}

/** Characters of JSON from which on a life is packed. */
const PACKED_FROM = 128 * 1024;

export function packLife(life: OrderLife): OrderLife | PackedLife {
  const json = JSON.stringify(life);
  if (json.length < PACKED_FROM) return life;
  return { encoding: 'deflate+base64', data: fromUint8Array(deflateSync(strToU8(json))) };
}

export function unpackLife(life: OrderLife | PackedLife): OrderLife {
  if (!('encoding' in life)) return life;
  return JSON.parse(strFromU8(inflateSync(toUint8Array(life.data)))) as OrderLife;
}
