/** A small HTTP server for tests: records what arrived, and answers with the given reply. */
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';

export interface Arrived {
  method: string;
  /** Path and query as they came. */
  url: string;
  /** Names and values as they came, in turn. */
  rawHeaders: string[];
  headers: Record<string, string | undefined>;
  body: Buffer;
}

export type Reply = (response: ServerResponse, request: Arrived) => void;

export interface HttpStub {
  url: string;
  arrived: Arrived[];
  /** What arrived on this path, without query. */
  on(path: string): Arrived[];
  close(): Promise<void>;
}

export async function startStub(reply: Reply): Promise<HttpStub> {
  const arrived: Arrived[] = [];
  const server = createServer((request, response) => {
    void readRequest(request).then((read) => {
      arrived.push(read);
      reply(response, read);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    arrived,
    on: (path) => arrived.filter(({ url }) => url.split('?')[0] === path),
    async close() {
      server.close();
      server.closeAllConnections();
      await once(server, 'close');
    },
  };
}

async function readRequest(request: IncomingMessage): Promise<Arrived> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return {
    method: request.method ?? '',
    url: request.url ?? '',
    rawHeaders: request.rawHeaders,
    headers: request.headers as Record<string, string | undefined>,
    body: Buffer.concat(chunks),
  };
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
  };
}

export function text(status: number, body: string, headers: Record<string, string> = {}): Reply {
  return (response) => {
    response.writeHead(status, { 'content-type': 'text/html', ...headers }).end(body);
  };
}

export const reset: Reply = (response) => {
  response.socket?.destroy();
};

/** Says nothing, ever. */
export const silence: Reply = () => undefined;

/** What a promise rejects with; a test that expects a rejection must not pass without one. */
export async function rejection(work: Promise<unknown>): Promise<unknown> {
  try {
    await work;
  } catch (error) {
    return error;
  }
  throw new Error('It was expected to be rejected');
}
