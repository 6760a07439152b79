/**
 * How values become payloads: as the SDK does by default, and those that are marked as compressible under an encoding of their own. The
 * worker's codec (`src/temporal/payload-codec.ts`) deflates these, outside the sandbox of workflows, where it is far cheaper.
 * Everything else stays readable in Temporal's Web UI.
 */
import {
  BinaryPayloadConverter,
  CompositePayloadConverter,
  JsonPayloadConverter,
  UndefinedPayloadConverter,
  type Payload,
  type PayloadConverterWithEncoding,
} from '@temporalio/common';
import { decode, encode } from '@temporalio/common/lib/encoding';
import { COMPRESSIBLE_ENCODING, type Compressible } from './compressible';

class CompressiblePayloadConverter implements PayloadConverterWithEncoding {
  readonly encodingType = COMPRESSIBLE_ENCODING;

  toPayload(value: unknown): Payload | undefined {
    if (!isCompressible(value)) return undefined;
    return {
      metadata: { encoding: encode(COMPRESSIBLE_ENCODING) },
      data: encode(JSON.stringify(value.compressible)),
    };
  }

  // eslint-disable-next-line @typescript-eslint/no-unnecessary-type-parameters -- the signature is the SDK's
  fromPayload<T>({ data }: Payload): T {
    const value: Compressible<unknown> = { compressible: JSON.parse(decode(data ?? new Uint8Array())) };
    return value as T;
  }
}

function isCompressible(value: unknown): value is Compressible<unknown> {
  return typeof value === 'object' && value !== null && 'compressible' in value;
}

export const payloadConverter = new CompositePayloadConverter(
  new UndefinedPayloadConverter(),
  new BinaryPayloadConverter(),
  new CompressiblePayloadConverter(),
  new JsonPayloadConverter(),
);
