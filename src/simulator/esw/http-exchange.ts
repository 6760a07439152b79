import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Outage } from './outage';
import { serviceUnavailable, type WireAnswer } from './wire-answer';

/** What the events endpoint takes. */
export const jsonType = 'application/json';
/** What the token endpoint takes. */
export const formType = 'application/x-www-form-urlencoded';

/** Sends an answer as it is. */
export function send(reply: FastifyReply, answer: WireAnswer): FastifyReply {
  // An empty string would get a content type from Fastify.
  return reply
    .code(answer.status)
    .headers(answer.headers)
    .send(answer.body === '' ? undefined : answer.body);
}

/** Ends the exchange without an answer: `reset` gives the client ECONNRESET, `close` an orderly end of the socket. */
export function breakOff(request: FastifyRequest, reply: FastifyReply, how: 'reset' | 'close'): FastifyReply {
  reply.hijack();
  if (how === 'reset') request.raw.socket.resetAndDestroy();
  else request.raw.socket.destroy();
  return reply;
}

/** Answers for a part of the service that is out; undefined when it is not. */
export function answerOutage(
  request: FastifyRequest,
  reply: FastifyReply,
  outage: Outage,
  part: 'events' | 'token' | 'probe',
): FastifyReply | undefined {
  switch (outage.of(part)) {
    case undefined:
      return undefined;
    case 'refuse':
      return breakOff(request, reply, 'reset');
    case 'unavailable':
      return send(reply, serviceUnavailable());
  }
}

/**
 * Reads the body; undefined when it is larger than `limit` bytes. The rest is read all the same and thrown away,
 * since a client that is still writing could lose an early answer to a reset.
 */
export async function readBody(message: IncomingMessage, limit: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of message as AsyncIterable<Buffer>) {
    size += chunk.length;
    if (size <= limit) chunks.push(chunk);
  }
  return size <= limit ? Buffer.concat(chunks) : undefined;
}

/** Compares the media type of a request without case and parameters; JSON is UTF-8 or nothing. */
export function hasMediaType(request: FastifyRequest, mediaType: string): boolean {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').split(';');
  const charset = parameters
    .map((text) => text.trim().toLowerCase())
    .find((text) => text.startsWith('charset='));
  const utf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset);
  return utf8 && type.trim().toLowerCase() === mediaType;
}

/** A header that may be sent once; undefined when absent. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
