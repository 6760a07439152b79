import { Client, Connection, makeGrpcRetryInterceptor } from '@temporalio/client';
import type { ConnectionOptions } from '@temporalio/client';
import type { DataConverter } from '@temporalio/common';
import { loadClientConnectConfig } from '@temporalio/envconfig';
import type { ClientConnectConfig } from '@temporalio/envconfig';
import { grpcStatus } from './grpc';

/** Server and namespace to connect to; all optional. */
export interface Target {
  /**
   * `host:port`, in place of the configured address. The configured TLS and credentials are not used for another address,
   * which gets a plain connection.
   */
  readonly address?: string;
  /** In place of the configured namespace. `default` when neither is set, or when another address is used. */
  readonly namespace?: string;
  /** Source of `TEMPORAL_*`. Default: the environment of the process. */
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

/** {@link Target}, with the encoding of payloads. */
export interface ClientTarget extends Target {
  readonly dataConverter?: DataConverter;
}

/**
 * Applies the environment (`TEMPORAL_*`) and the Temporal configuration file to a target.
 *
 * @throws Error when the configuration names something that cannot be read.
 */
export function resolveTarget(target: Target = {}): Required<ClientConnectConfig> {
  const { environment } = target;
  const config = loadClientConnectConfig(
    // The declared type excludes unset variables, which `process.env`, its default, has too.
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
 * At most four attempts within half a second. The SDK's default retries an unreachable server for 20 s, by which time a
 * deadline hides the real error. For the same reason, no retry starts after the deadline.
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
 * Ends a retry as cancelled when the connection was closed during its pause. gRPC would throw in the retry's timer, where
 * nothing can catch it, and end the process.
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
  // The call has ended.
}

/**
 * Creates a client for the configured server. It connects on its first call, so that a process starts while Temporal is
 * unavailable. Close it with `client.connection.close()`.
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
      // SDK 1.24 sets its limit under a wrong key, which leaves 4 MiB: too little for a page of a long history.
      'grpc.max_receive_message_length': 64 * 1024 * 1024,
      // By default the pause between connection attempts grows to 2 min, during which calls fail although Temporal is back.
      'grpc.max_reconnect_backoff_ms': 2_000,
    },
  });
  return new Client({
    connection,
    namespace,
    ...(target.dataConverter !== undefined && { dataConverter: target.dataConverter }),
  });
}

/** The part of a `Client` or a `Connection` that {@link withTemporalDeadline} uses. */
export type SupportsDeadline = Pick<Client, 'withDeadline'>;

/**
 * Runs `call` with one deadline for all its Temporal requests, retries included. Other work of `call` is not limited.
 *
 * There is no abort signal in addition: firing at the same time, it would make it random whether the error is
 * `DEADLINE_EXCEEDED` or `CANCELLED`.
 *
 * @param timeLimitMs milliseconds from now
 * @throws what `call` throws: after the deadline `DEADLINE_EXCEEDED`, with unknown outcome (for updates
 * `WorkflowUpdateRPCTimeoutOrCancelledError`); else the server's error.
 */
export async function withTemporalDeadline<T>(
  client: SupportsDeadline,
  timeLimitMs: number,
  call: () => Promise<T>,
): Promise<T> {
  return client.withDeadline(Date.now() + timeLimitMs, call);
}
