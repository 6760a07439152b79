import { setTimeout as sleep } from 'node:timers/promises';
import type { Connection } from '@temporalio/client';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { temporal } from '@temporalio/proto';
import { grpcCodeOf, grpcMessageOf, grpcStatus } from './grpc';
import {
  createCommand,
  createNamespaceCommand,
  MINIMUM_RETENTION_DAYS,
  retentionCommand,
} from './namespace-commands';
import { requiredSearchAttributes } from '../../contracts/search-attributes';
import type { OurSearchAttribute } from '../../contracts/search-attributes';

/** The part of a `Connection` or a worker's `NativeConnection` that is used here. */
export type Services = Pick<Connection, 'operatorService' | 'workflowService'>;

/** The namespace requires operator action; the message has the command. */
export class NamespaceError extends Error {
  override readonly name = 'NamespaceError';
}

const DAY_MS = 86_400_000;
const VISIBLE_WITHIN_MS = 30_000;

const { IndexedValueType } = temporal.api.enums.v1;
type Registered = ReadonlyMap<string, temporal.api.enums.v1.IndexedValueType>;

const typeOf = (key: OurSearchAttribute): temporal.api.enums.v1.IndexedValueType =>
  IndexedValueType[`INDEXED_VALUE_TYPE_${key.type}`];

const missingIn = (registered: Registered): OurSearchAttribute[] =>
  requiredSearchAttributes.filter((key) => !registered.has(key.name));

/** A type cannot be changed in place: the server silently ignores a second registration with another type. */
function wrongTypes(namespace: string, registered: Registered): string[] {
  return requiredSearchAttributes.flatMap((key) => {
    const actual = registered.get(key.name);
    if (actual === undefined || actual === typeOf(key)) return [];
    const actualName = IndexedValueType[actual].replace('INDEXED_VALUE_TYPE_', '');
    const remove = `temporal operator search-attribute remove --yes --namespace ${namespace} --name ${key.name}`;
    return (
      `Search attribute ${key.name} of namespace "${namespace}" is of type ${actualName}, not ${key.type}. ` +
      `Its type cannot be changed; run: ${remove} && ${createCommand(namespace, [key])}`
    );
  });
}

/** @returns undefined for an unknown namespace */
async function readRetentionMs(services: Services, namespace: string): Promise<number | undefined> {
  try {
    const { config } = await services.workflowService.describeNamespace({ namespace });
    return tsToMs(config?.workflowExecutionRetentionTtl ?? null);
  } catch (error) {
    if (grpcCodeOf(error) === grpcStatus.notFound) return undefined;
    throw error;
  }
}

async function readSearchAttributes(services: Services, namespace: string): Promise<Registered> {
  const { customAttributes } = await services.operatorService.listSearchAttributes({ namespace });
  return new Map(Object.entries(customAttributes));
}

const missingNamespace = (namespace: string): string =>
  `Namespace "${namespace}" does not exist. Run: ${createNamespaceCommand(namespace)}`;

const ABSENT = new Set<number | undefined>([undefined, grpcStatus.unavailable, grpcStatus.deadlineExceeded]);

async function withCommandHint<T>(what: string, command: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (ABSENT.has(grpcCodeOf(error))) throw error;
    const message = `Temporal refused to ${what}: ${grpcMessageOf(error)}. A user with the required rights must run: ${command}`;
    throw new NamespaceError(message, { cause: error });
  }
}

async function register(services: Services, namespace: string, log: (line: string) => void): Promise<void> {
  const all = createCommand(namespace, requiredSearchAttributes);
  const before = await withCommandHint(
    'list search attributes',
    all,
    readSearchAttributes(services, namespace),
  );
  const missing = missingIn(before);
  if (missing.length > 0) {
    const added = services.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((key) => [key.name, typeOf(key)])),
    });
    await withCommandHint('register search attributes', createCommand(namespace, missing), added);
    log(
      `Registered search attributes in namespace "${namespace}": ${missing.map((key) => key.name).join(', ')}.`,
    );
  }
  const deadline = Date.now() + VISIBLE_WITHIN_MS;
  for (;;) {
    const registered = await readSearchAttributes(services, namespace);
    const wrong = wrongTypes(namespace, registered);
    if (wrong.length > 0) throw new NamespaceError(wrong.join('\n'));
    const unseen = missingIn(registered);
    if (unseen.length === 0 && (await isUsable(services, namespace))) return;
    if (Date.now() >= deadline) {
      const names = unseen.map((key) => key.name).join(', ') || 'all are listed, but queries reject them';
      const seconds = VISIBLE_WITHIN_MS / 1000;
      throw new NamespaceError(
        `Search attributes are registered but not visible after ${seconds} s: ${names}.`,
      );
    }
    await sleep(100);
  }
}

/** The list comes from the database; queries use the frontend's cache, which can lag by seconds. */
async function isUsable(services: Services, namespace: string): Promise<boolean> {
  const query = requiredSearchAttributes.map((key) => `${key.name} IS NOT NULL`).join(' AND ');
  try {
    await services.workflowService.countWorkflowExecutions({ namespace, query });
    return true;
  } catch (error) {
    if (grpcCodeOf(error) === grpcStatus.invalidArgument) return false;
    throw error;
  }
}

/**
 * Sets up a namespace of a development or test server: registers missing search attributes, waits until they are visible,
 * and raises the retention to {@link MINIMUM_RETENTION_DAYS} days. Idempotent, and never lowers the retention.
 *
 * @throws NamespaceError when operator action is required; the message has the command.
 * @throws a gRPC error when Temporal cannot be reached.
 */
export async function prepareNamespace(
  services: Services,
  namespace: string,
  log: (line: string) => void,
): Promise<void> {
  const retentionMs = await readRetentionMs(services, namespace);
  if (retentionMs === undefined) throw new NamespaceError(missingNamespace(namespace));
  await register(services, namespace, log);
  // 0 keeps closed workflows for ever.
  if (retentionMs === 0 || retentionMs >= MINIMUM_RETENTION_DAYS * DAY_MS) return;
  const updated = services.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(MINIMUM_RETENTION_DAYS * DAY_MS) },
  });
  await withCommandHint('raise the retention', retentionCommand(namespace), updated);
  log(
    `Raised the retention of namespace "${namespace}" from ${retentionMs / DAY_MS} to ${MINIMUM_RETENTION_DAYS} days.`,
  );
}

/**
 * Checks, read-only, whether a namespace is set up for our workflows. For production processes.
 *
 * @returns one sentence per problem, with the command that fixes it. Search attributes that the server does not list to us,
 * as a managed one may not, are no problem, but are reported to `log`.
 * @throws a gRPC error when Temporal is unavailable or denies access.
 */
export async function checkNamespace(
  services: Services,
  namespace: string,
  log: (line: string) => void,
): Promise<string[]> {
  const retentionMs = await readRetentionMs(services, namespace);
  if (retentionMs === undefined) return [missingNamespace(namespace)];
  const problems: string[] = [];
  if (retentionMs !== 0 && retentionMs < MINIMUM_RETENTION_DAYS * DAY_MS) {
    problems.push(
      `Namespace "${namespace}" keeps closed workflows for ${retentionMs / DAY_MS} days; at least ` +
        `${MINIMUM_RETENTION_DAYS} are needed. Run: ${retentionCommand(namespace)}`,
    );
  }
  try {
    const registered = await readSearchAttributes(services, namespace);
    const missing = missingIn(registered);
    if (missing.length > 0) {
      const names = missing.map((key) => key.name).join(', ');
      problems.push(
        `Namespace "${namespace}" lacks the search attributes ${names}. Run: ${createCommand(namespace, missing)}`,
      );
    }
    problems.push(...wrongTypes(namespace, registered));
  } catch (error) {
    const code = grpcCodeOf(error);
    if (code !== grpcStatus.permissionDenied && code !== grpcStatus.unimplemented) throw error;
    log(`The search attributes of namespace "${namespace}" could not be checked: ${grpcMessageOf(error)}.`);
  }
  return problems;
}
