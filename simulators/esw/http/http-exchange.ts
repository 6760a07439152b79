import type { IncomingMessage } from 'node:http';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Outage } from '../faults/outage';
import { serviceUnavailable, type WireResponse } from './wire-response';

/** Media type of the events endpoint. */
export const jsonType = 'application/json';
/** Media type of the token endpoint. */
export const formType = 'application/x-www-form-urlencoded';

/** Sends a response unchanged. */
export function send(reply: FastifyReply, response: WireResponse): FastifyReply {
  // Fastify would add a content type to an empty string.
  return reply
    .code(response.status)
    .headers(response.headers)
    .send(response.body === '' ? undefined : response.body);
}

/** Ends the connection without a response: the client sees ECONNRESET (`reset`) or a normal close (`close`). */
export function abortConnection(
  request: FastifyRequest,
  reply: FastifyReply,
  how: 'reset' | 'close',
): FastifyReply {
  reply.hijack();
  if (how === 'reset') request.raw.socket.resetAndDestroy();
  else request.raw.socket.destroy();
  return reply;
}

/** Responds if an outage affects this part of the service; otherwise undefined. */
export function respondToOutage(
  request: FastifyRequest,
  reply: FastifyReply,
  outage: Outage,
  part: 'events' | 'token' | 'probe',
): FastifyReply | undefined {
  switch (outage.of(part)) {
    case undefined:
      return undefined;
    case 'refuse':
      return abortConnection(request, reply, 'reset');
    case 'hang':
      // The client gives up, or the simulator closes.
      reply.hijack();
      return reply;
    case 'unavailable':
      return send(reply, serviceUnavailable());
  }
}

/**
 * Reads the body; undefined if it is larger than `limit` bytes. The rest is read and discarded, since a client that is
 * still writing could lose an early response to a connection reset.
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

/** Compares the media type of a request, ignoring case and parameters; a charset other than UTF-8 does not match. */
export function hasMediaType(request: FastifyRequest, mediaType: string): boolean {
  const [type = '', ...parameters] = (request.headers['content-type'] ?? '').split(';');
  const charset = parameters
    .map((text) => text.trim().toLowerCase())
    .find((text) => text.startsWith('charset='));
  const utf8 = charset === undefined || /^charset="?utf-8"?$/.test(charset);
  return utf8 && type.trim().toLowerCase() === mediaType;
}

/** A single-valued header; undefined if absent. */
export function header(request: FastifyRequest, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(', ') : value;
}
