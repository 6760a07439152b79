/** A stream of server-sent events (WHATWG HTML 9.2). */
import { PassThrough } from 'node:stream';
import type { FastifyReply } from 'fastify';

export interface ServerSentEvent {
  event: string;
  id?: string;
  /** One line, such as JSON. */
  data: string;
}

export interface EventStream {
  /** @returns false while the client lags behind: wait for {@link drained} before sending more */
  send(event: ServerSentEvent): boolean;
  /** Calls back once when the client has caught up. */
  drained(then: () => void): void;
  end(): void;
}

/**
 * Answers with a stream that Fastify sends, with the headers of its plugins.
 *
 * @param heartbeatMs interval of comments, so that intermediaries keep the connection open
 * @param end end of the response, which has not come yet
 */
export function openEventStream(reply: FastifyReply, heartbeatMs: number, end: AbortSignal): EventStream {
  const stream = new PassThrough();
  const heartbeat = setInterval(() => {
    if (!stream.writableNeedDrain) stream.write(': alive\n\n');
  }, heartbeatMs);
  end.addEventListener('abort', () => {
    clearInterval(heartbeat);
    stream.destroy();
  });
  // Headers leave with the first bytes, and a client that reconnects may lack no view.
  stream.write(': open\n\n');
  void reply
    .header('content-type', 'text/event-stream; charset=utf-8')
    .header('cache-control', 'no-store')
    // Keeps proxies such as nginx from buffering events.
    .header('x-accel-buffering', 'no')
    .send(stream);
  return {
    send({ event, id, data }) {
      const lines = [...(id === undefined ? [] : [`id: ${id}`]), `event: ${event}`, `data: ${data}`];
      return stream.write(`${lines.join('\n')}\n\n`);
    },
    drained(then) {
      stream.once('drain', then);
    },
    end() {
      stream.end();
    },
  };
}
