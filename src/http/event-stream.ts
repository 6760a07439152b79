/** One stream of server-sent events (WHATWG HTML 9.2). */
import type { FastifyReply } from 'fastify';

export interface ServerSentEvent {
  event: string;
  id?: string;
  /** One line, such as JSON. */
  data: string;
}

export interface EventStream {
  /** Resolves when the client has gone, or the stream was ended. */
  closed: Promise<void>;
  /** False while the client has not read what was sent: wait for {@link drained} instead of piling up more. */
  send(event: ServerSentEvent): boolean;
  /** Calls back once when the client has read what was sent. */
  drained(then: () => void): void;
  end(): void;
}

/**
 * Answers with an open stream; from here on the reply is not Fastify's any more.
 *
 * @param heartbeatMs how often a comment is sent, so that nobody between takes the connection for dead
 */
export function openEventStream(reply: FastifyReply, heartbeatMs: number): EventStream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Proxies such as nginx would keep events back.
    'x-accel-buffering': 'no',
  });
  raw.flushHeaders();
  const heartbeat = setInterval(() => {
    if (!raw.writableNeedDrain) raw.write(': alive\n\n');
  }, heartbeatMs);
  const closed = new Promise<void>((resolve) => {
    raw.once('close', () => {
      clearInterval(heartbeat);
      resolve();
    });
  });
  // The client has gone in the middle of a write; `close` follows.
  raw.on('error', () => undefined);
  return {
    closed,
    send({ event, id, data }) {
      const lines = [...(id === undefined ? [] : [`id: ${id}`]), `event: ${event}`, `data: ${data}`];
      return raw.write(`${lines.join('\n')}\n\n`);
    },
    drained(then) {
      raw.once('drain', then);
    },
    end() {
      raw.end();
    },
  };
}
