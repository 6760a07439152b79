/** The worker's payload codec: deflates what is marked as compressible. */
import { fromPayloadsAtIndex, type DataConverter, type Payload, type PayloadCodec } from '@temporalio/common';
import { decode } from '@temporalio/common/lib/encoding';
import { COMPRESSIBLE_ENCODING } from '../../contracts/compressible';
import { payloadConverter } from '../../contracts/payload-converter';
import { deflate, inflate } from '../lib/deflate';

const payloadCodec: PayloadCodec = {
  encode: (payloads) => Promise.all(payloads.map((payload) => changed(payload, deflate))),
  decode: (payloads) => Promise.all(payloads.map((payload) => changed(payload, inflate))),
};

async function changed(payload: Payload, change: (data: Uint8Array) => Promise<Buffer>): Promise<Payload> {
  const { metadata, data } = payload;
  const isOurs = data && metadata?.encoding && decode(metadata.encoding) === COMPRESSIBLE_ENCODING;
  return isOurs ? { ...payload, data: await change(data) } : payload;
}

/** Reads what workers pass to each other, as from a history. */
export async function readPayloads(payloads: readonly Payload[]): Promise<unknown[]> {
  const decoded = await payloadCodec.decode([...payloads]);
  return decoded.map((_, index) => fromPayloadsAtIndex(payloadConverter, index, decoded));
}

/** Path of the converter, for the bundle of the workflows. */
export const payloadConverterPath = require.resolve('../../contracts/payload-converter');

/** For `Worker.create`. Clients need none: nothing that they read from a workflow is marked. */
export const workerDataConverter: DataConverter = { payloadConverterPath, payloadCodecs: [payloadCodec] };
