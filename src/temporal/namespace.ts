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
import { requiredSearchAttributes } from './search-attributes';
import type { OurSearchAttribute } from './search-attributes';

/** What this module needs of a `Connection` or a worker's `NativeConnection`. */
export type Services = Pick<Connection, 'operatorService' | 'workflowService'>;

/** A namespace that cannot serve us until an operator acts; the message says what to run. */
export class NamespaceError extends Error {
  override readonly name = 'NamespaceError';
}

const DAY_MS = 86_400_000;
const VISIBLE_WITHIN_MS = 30_000;

const { IndexedValueType } = temporal.api.enums.v1;
type Registered = Record<string, temporal.api.enums.v1.IndexedValueType>;

const typeOf = (key: OurSearchAttribute): temporal.api.enums.v1.IndexedValueType =>
  IndexedValueType[`INDEXED_VALUE_TYPE_${key.type}`];

const missingIn = (registered: Registered): OurSearchAttribute[] =>
  requiredSearchAttributes.filter((key) => registered[key.name] === undefined);

/** A type cannot be changed in place: adding the name again with another type is silently ignored by the server. */
function wrongTypes(namespace: string, registered: Registered): string[] {
  return requiredSearchAttributes.flatMap((key) => {
    const actual = registered[key.name];
    if (actual === undefined || actual === typeOf(key)) return [];
    const actualName = IndexedValueType[actual].replace('INDEXED_VALUE_TYPE_', '');
    const remove = `temporal operator search-attribute remove --yes --namespace ${namespace} --name ${key.name}`;
    return (
      `Search attribute ${key.name} of namespace "${namespace}" is of type ${actualName}, not ${key.type}. ` +
      `Its type cannot be changed; run: ${remove} && ${createCommand(namespace, [key])}`
    );
  });
}

/** @returns undefined when there is no such namespace. */
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
  return customAttributes;
}

const missingNamespace = (namespace: string): string =>
  `There is no namespace "${namespace}". Run: ${createNamespaceCommand(namespace)}`;

const ABSENT = new Set<number | undefined>([undefined, grpcStatus.unavailable, grpcStatus.deadlineExceeded]);

async function orSay<T>(what: string, command: string, call: Promise<T>): Promise<T> {
  try {
    return await call;
  } catch (error) {
    if (ABSENT.has(grpcCodeOf(error))) throw error;
    const message = `Temporal refused to ${what}: ${grpcMessageOf(error)}. Somebody with the rights must run: ${command}`;
    throw new NamespaceError(message, { cause: error });
  }
}

async function register(services: Services, namespace: string, log: (line: string) => void): Promise<void> {
  const all = createCommand(namespace, requiredSearchAttributes);
  const before = await orSay('list search attributes', all, readSearchAttributes(services, namespace));
  const missing = missingIn(before);
  if (missing.length > 0) {
    const added = services.operatorService.addSearchAttributes({
      namespace,
      searchAttributes: Object.fromEntries(missing.map((key) => [key.name, typeOf(key)])),
    });
    await orSay('register search attributes', createCommand(namespace, missing), added);
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
      const names = unseen.map((key) => key.name).join(', ') || 'all are listed, but queries refuse them';
      const seconds = VISIBLE_WITHIN_MS / 1000;
      throw new NamespaceError(
        `Search attributes were registered, but are not visible after ${seconds} s: ${names}.`,
      );
    }
    await sleep(100);
  }
}

/** The list comes from the database, queries go through the frontend's cache, which can lag behind by seconds. */
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
 * Makes a namespace of a development or test server fit for our workflows: registers missing search attributes, waits
 * until the server knows them, and raises the retention to {@link MINIMUM_RETENTION_DAYS} days. It never lowers the
 * retention and changes nothing that is already right, so it may run at every start.
 *
 * @throws NamespaceError when an operator has to act; the message holds the command.
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
  // 0 means that closed workflows are kept for ever.
  if (retentionMs === 0 || retentionMs >= MINIMUM_RETENTION_DAYS * DAY_MS) return;
  const updated = services.workflowService.updateNamespace({
    namespace,
    config: { workflowExecutionRetentionTtl: msToTs(MINIMUM_RETENTION_DAYS * DAY_MS) },
  });
  await orSay('raise the retention', retentionCommand(namespace), updated);
  log(
    `Raised the retention of namespace "${namespace}" from ${retentionMs / DAY_MS} to ${MINIMUM_RETENTION_DAYS} days.`,
  );
}

/**
 * Looks whether a namespace is fit for our workflows, and changes nothing: for the processes of production.
 *
 * @returns the problems as sentences with the command that mends each; empty when there are none. A list of search
 * attributes that the server does not show to us (as a managed one may not) is no problem, but is said in `log`.
 * @throws a gRPC error when Temporal cannot be reached or does not let us in.
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
