import type { FastifyReply } from 'fastify';

/**
 * A signal that aborts when a response is complete or its connection has ended, whichever comes first: what a request
 * takes is given back then, at whatever moment its client leaves.
 */
export function endOf({ raw }: FastifyReply): AbortSignal {
  const ended = new AbortController();
  const end = (): void => {
    ended.abort();
  };
  raw.once('close', end);
  // The event does not come a second time.
  if (raw.destroyed) end();
  return ended.signal;
}
