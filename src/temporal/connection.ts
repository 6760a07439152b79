import { Client, Connection, makeGrpcRetryInterceptor } from '@temporalio/client';
import type { ConnectionOptions } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { grpcStatus } from './grpc';

/** Which server and namespace to talk to; all optional. */
export interface Target {
  /**
   * `host:port`, instead of the configured one. TLS and credentials belong to the configured address: they are not
   * sent to another one, which gets a plain connection.
   */
  readonly address?: string;
  /** Instead of the configured one. `default` when neither is set, or when another address is used. */
  readonly namespace?: string;
  /** Where `TEMPORAL_*` are read; default: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** {@link Target}, and how payloads are encoded. */
export interface ClientTarget extends Target {
  readonly dataConverter?: DataConverter;
}

/**
 * The target with the environment (`TEMPORAL_*`) and the Temporal configuration file applied.
 *
 * @throws Error when the configuration names something that cannot be read.
 */
export function resolveTarget(target: Target = {}): Required<ClientConnectConfig> {
  const { environment } = target;
  const config = loadClientConnectConfig(
    // Its type knows no variables that are not set; `process.env`, which it reads else, has them as well.
    environment && { overrideEnvVars: environment as Record<string, string> },
  );
  const elsewhere = target.address !== undefined && target.address !== config.connectionOptions.address;
  return {
    connectionOptions: elsewhere ? { address: target.address } : config.connectionOptions,
    namespace: target.namespace ?? (elsewhere ? undefined : config.namespace) ?? 'default',
  };
}

const ATTEMPTS = 4;
const RETRYABLE = new Set<number>([grpcStatus.unavailable, grpcStatus.resourceExhausted, grpcStatus.aborted]);
type GrpcInterceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type NextCall = Parameters<GrpcInterceptor>[1];

/** 50, 100 and 200 ms. */
const retryDelayMs = (attempt: number): number => 50 * 2 ** (attempt - 1);

/**
 * At most four attempts within half a second. The SDK's default needs 20 s to give up on a dead server, and by then a
 * deadline has replaced the true error. A retry that could only start behind the deadline is not made, for that reason.
 */
const shortRetry: GrpcInterceptor = (options, nextCall) => {
  const deadline = options.deadline === undefined ? Infinity : Number(options.deadline);
  const interceptor = makeGrpcRetryInterceptor({
    delayFunction: retryDelayMs,
    retryableDecider: (attempt, { code }) =>
      attempt < ATTEMPTS && RETRYABLE.has(code) && Date.now() + retryDelayMs(attempt) < deadline,
  });
  return interceptor(options, unlessClosed(nextCall));
};

/**
 * A retry may find that the connection was closed during its pause. gRPC then throws, which nobody could catch in the
 * retry's timer: the process would end. So the call ends instead, as one that was cancelled.
 */
function unlessClosed(nextCall: NextCall): NextCall {
  return (options) => {
    try {
      return nextCall(options);
    } catch (error) {
      const details = error instanceof Error ? error.message : String(error);
      return {
        start: (metadata, listener) => {
          listener?.onReceiveMessage?.(null);
          listener?.onReceiveStatus?.({
            // eslint-disable-next-line @typescript-eslint/no-unsafe-enum-assignment -- grpc-js, whose enum it is, is no dependency of ours
            code: grpcStatus.cancelled,
            details,
            metadata,
          });
        },
        sendMessage: nothing,
        sendMessageWithContext: nothing,
        startRead: nothing,
        halfClose: nothing,
        cancelWithStatus: nothing,
        getPeer: () => '',
        getAuthContext: () => null,
      };
    }
  };
}

function nothing(): void {
  // There is no call any more that could do it.
}

/**
 * A client for the configured server. It connects with its first call, so a process starts while Temporal is away.
 * Close it with `client.connection.close()`.
 *
 * @throws Error when the configuration names something that cannot be read.
 */
export function connectClient(target: ClientTarget = {}): Client {
  const { connectionOptions, namespace } = resolveTarget(target);
  const { address, apiKey, tls, metadata } = connectionOptions;
  const connection = Connection.lazy({
    ...(address !== undefined && { address }),
    ...(apiKey !== undefined && { apiKey }),
    ...(tls !== undefined && { tls }),
    ...(metadata !== undefined && { metadata }),
    interceptors: [shortRetry],
    channelArgs: {
      // SDK 1.24 sets its own limit under a wrong key, which leaves 4 MiB: too little for the page of a long history.
      'grpc.max_receive_message_length': 64 * 1024 * 1024,
      // By default the pause between attempts to connect grows to 2 min, and calls fail that long after Temporal is back.
      'grpc.max_reconnect_backoff_ms': 2_000,
    },
  });
  return new Client({
    connection,
    namespace,
    ...(target.dataConverter !== undefined && { dataConverter: target.dataConverter }),
  });
}

/** What {@link withBudget} needs of a `Client` or a `Connection`. */
export type Budgeted = Pick<Client, 'withDeadline'>;

/**
 * Runs `call` and bounds all its requests to Temporal together, retries included, by one budget. What `call` does
 * beside such requests is not bounded.
 *
 * No abort signal besides: the short retry obeys the deadline to the millisecond, and a signal that fires at the same
 * time only makes it a matter of luck whether the error is `DEADLINE_EXCEEDED` or `CANCELLED`.
 *
 * @param budgetMs milliseconds from now
 * @throws what `call` throws: `DEADLINE_EXCEEDED` when the budget is spent, so the outcome is unknown (for updates
 * `WorkflowUpdateRPCTimeoutOrCancelledError`); else the server's own error.
 */
export async function withBudget<T>(client: Budgeted, budgetMs: number, call: () => Promise<T>): Promise<T> {
  return client.withDeadline(Date.now() + budgetMs, call);
}
