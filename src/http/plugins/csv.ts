/** Answers a list as comma-separated values, row by row as they are read. */
import { Readable } from 'node:stream';
import type { FastifyReply, FastifyRequest } from 'fastify';
/** Text in pieces, the first with the names of the columns. */
type CsvPieces = AsyncGenerator<string, void, undefined>;
const CSV_TYPE = 'text/csv; charset=utf-8; header=present';

/** True if the caller prefers CSV to JSON (RFC 9110 12.5.1). */
export function wantsCsv({ headers: { accept } }: Pick<FastifyRequest, 'headers'>): boolean {
  if (accept === undefined) return false;
  const csv = qualityOf('text/csv', accept);
  return csv > 0 && csv > qualityOf('application/json', accept);
}

/** The quality of the most specific range that the type is in; a range of all types prefers none. */
function qualityOf(type: string, accept: string): number {
  const ranges = accept.split(',').map((range) => {
    const [name = '', ...parameters] = range.split(';').map((part) => part.trim().toLowerCase());
    const quality = parameters.find((parameter) => parameter.startsWith('q='))?.slice(2);
    return { name, quality: quality === undefined ? 1 : Number(quality) };
  });
  const group = `${type.split('/')[0] ?? ''}/*`;
  const range = [type, group].flatMap((name) => ranges.find((one) => one.name === name) ?? [])[0];
  return range === undefined || Number.isNaN(range.quality) ? 0 : range.quality;
}

/**
 * Reads the first piece before it answers, so that a failure until then is a problem. A later one breaks the connection: the file
 * then is recognisably cut off.
 *
 * @param name of the file
 */
export async function sendCsv(reply: FastifyReply, name: string, pieces: CsvPieces): Promise<FastifyReply> {
  const first = await pieces.next();
  async function* text(): CsvPieces {
    if (first.done === true) return;
    yield first.value;
    yield* pieces;
  }
  return reply
    .type(CSV_TYPE)
    .header('content-disposition', `attachment; filename="${name}.csv"`)
    .header('cache-control', 'private, no-cache')
    .header('vary', 'accept')
    .send(Readable.from(text()));
}
