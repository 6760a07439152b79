/** Everything that the stack prints, and every secret that goes over its wires. */
import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { inspect } from 'node:util';
import { DefaultLogger, makeTelemetryFilterString, Runtime, type LogEntry } from '@temporalio/worker';
import type { Client } from '@temporalio/client';
import { pino, type Logger } from 'pino';
import { historyOf } from '../support/history';

export interface Output {
  logger: Logger;
  /** Whatever was printed: logs of server and SDK, and what went to stdout and stderr. */
  printed: string[];
  stop(): void;
}

/** To be called before anything of the SDK: its worker logs here from now on. */
export function captureOutput(): Output {
  const printed: string[] = [];
  const stream = new Writable({
    write(chunk: Buffer, _encoding, done) {
      printed.push(chunk.toString());
      done();
    },
  });
  const keep = ({ level, message, meta }: LogEntry): void => {
    printed.push(`${level} ${message} ${inspect(meta, { depth: 20 })}`);
  };
  Runtime.install({
    logger: new DefaultLogger('TRACE', keep),
    telemetryOptions: {
      logging: { forward: {}, filter: makeTelemetryFilterString({ core: 'DEBUG', other: 'INFO' }) },
    },
  });
  const spies = [process.stdout, process.stderr].map((out) =>
    jest.spyOn(out, 'write').mockImplementation((chunk) => {
      printed.push(chunk.toString());
      return true;
    }),
  );
  return {
    logger: pino({ level: 'trace' }, stream),
    printed,
    stop() {
      for (const spy of spies) spy.mockRestore();
    },
  };
}

export type SecretKind = 'access token' | 'signature' | 'nonce';

export interface Wires {
  secrets: Record<SecretKind, Set<string>>;
  stop(): void;
}

/** Notes the secrets in the headers of all requests that any HTTP server of this process gets. */
export function tapWires(): Wires {
  const secrets = {
    'access token': new Set<string>(),
    signature: new Set<string>(),
    nonce: new Set<string>(),
  };
  const note = (kind: SecretKind, pattern: RegExp, value: string | string[] | undefined): void => {
    const secret = pattern.exec(String(value))?.[1];
    if (secret !== undefined) secrets[kind].add(secret);
  };
  const tap = (message: unknown): void => {
    const { headers } = (message as { request: IncomingMessage }).request;
    note('access token', /^Bearer +(\S+)/i, headers.authorization);
    note('signature', /=:([^:]+):/, headers.signature);
    note('nonce', /;nonce="([^"]+)"/, headers['signature-input']);
  };
  subscribe('http.server.request.start', tap);
  return {
    secrets,
    stop: () => void unsubscribe('http.server.request.start', tap),
  };
}

/** The failures in the histories of all workflows of a task queue, and those that are being retried. */
export async function failuresOf(client: Client, taskQueue: string): Promise<string[]> {
  const failures: string[] = [];
  for await (const { workflowId, runId } of client.workflow.list({ query: `TaskQueue = '${taskQueue}'` })) {
    const { raw } = await client.workflow.getHandle(workflowId, runId).describe();
    const history = await historyOf(client, workflowId, runId);
    failures.push(...failuresIn([raw.pendingActivities, history]));
  }
  return failures;
}

function failuresIn(value: unknown): string[] {
  if (typeof value !== 'object' || value === null || value instanceof Uint8Array) return [];
  return Object.entries(value).flatMap(([name, member]) =>
    /failure$/i.test(name) && member ? [inspect(readable(member), { depth: 30 })] : failuresIn(member),
  );
}

/** Payloads as text. */
function readable(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString();
  if (Array.isArray(value)) return value.map(readable);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, readable(member)]));
}

/** Enough of a secret to recognise it when truncated: its middle is never printed by chance. */
export function gistOf(secret: string): string {
  const middle = Math.floor(secret.length / 2);
  return secret.length <= 36 ? secret : secret.slice(middle - 10, middle + 10);
}
