/**
 * The state of an order as it passes from one run to the next and into the result. Orders of the usual size stay
 * readable JSON. A large one, of hundreds of children, is deflated: the engine refuses payloads of 2 MiB for good, and warns
 * from 512 KiB on.
 */
import { deflateSync, inflateSync, strFromU8, strToU8 } from 'fflate';
import { fromUint8Array, toUint8Array } from 'js-base64';
import type { OrderState } from './state';

export interface EncodedState {
  encoding: 'deflate+base64';
  /** JSON text of an `OrderState`, deflated (RFC 1951) and base64. */
  data: string;
}

/** States of at least so many characters of JSON are compressed. */
const COMPRESS_FROM = 128 * 1024;

export function encodeState(state: OrderState): OrderState | EncodedState {
  const json = JSON.stringify(state);
  return json.length < COMPRESS_FROM ? state : deflated(json);
}

function deflated(json: string): EncodedState {
  return { encoding: 'deflate+base64', data: fromUint8Array(deflateSync(strToU8(json))) };
}

function inflated(data: string): string {
  return strFromU8(inflateSync(toUint8Array(data)));
}

export function decodeState(state: OrderState | EncodedState): OrderState {
  if (!('encoding' in state)) return state;
  return JSON.parse(inflated(state.data)) as OrderState;
}
