/** A stream of server-sent events (WHATWG HTML 9.2). */
import type { FastifyReply } from 'fastify';

export interface ServerSentEvent {
  event: string;
  id?: string;
  /** One line, such as JSON. */
  data: string;
}

export interface EventStream {
  /** Resolves when the client disconnects or the stream ends. */
  closed: Promise<void>;
  /** @returns false while the client lags behind: wait for {@link drained} before sending more */
  send(event: ServerSentEvent): boolean;
  /** Calls back once when the client has caught up. */
  drained(then: () => void): void;
  end(): void;
}

/**
 * Opens the stream and takes the reply over from Fastify.
 *
 * @param heartbeatMs interval of comments, so that intermediaries keep the connection open
 */
export function openEventStream(reply: FastifyReply, heartbeatMs: number): EventStream {
  reply.hijack();
  const { raw } = reply;
  raw.writeHead(200, {
    ...(reply.getHeaders() as Record<string, string>),
    'content-type': 'text/event-stream; charset=utf-8',
    'cache-control': 'no-store',
    // Keeps proxies such as nginx from buffering events.
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
  // The client disconnected during a write; `close` follows.
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
