import { temporal } from '@temporalio/proto';
import { msToTs, tsToMs } from '@temporalio/common/lib/time';
import { checkNamespace, NamespaceError, prepareNamespace } from '../../src/temporal/namespace';
import type { Services } from '../../src/temporal/namespace';
import { searchAttributes } from '../../contracts/search-attributes';
import { closeTemporal, testClient, testConnection, uniqueName } from '../support/temporal';

const DAY_MS = 86_400_000;
const { INDEXED_VALUE_TYPE_INT } = temporal.api.enums.v1.IndexedValueType;
const services = testClient().connection;
const created: string[] = [];
let lines: string[] = [];
const log = (line: string): void => void lines.push(line);

beforeEach(() => {
  lines = [];
});
afterAll(async () => {
  for (const namespace of created) await services.operatorService.deleteNamespace({ namespace });
  await closeTemporal();
});

async function freshNamespace(retentionDays: number): Promise<string> {
  const namespace = uniqueName('namespace');
  await services.workflowService.registerNamespace({
    namespace,
    workflowExecutionRetentionPeriod: msToTs(retentionDays * DAY_MS),
  });
  created.push(namespace);
  return namespace;
}

async function retentionDays(namespace: string): Promise<number> {
  const { config } = await services.workflowService.describeNamespace({ namespace });
  return tsToMs(config?.workflowExecutionRetentionTtl ?? null) / DAY_MS;
}

/** The server's services, of which one call refuses: with rights we do not have, or an address we cannot reach. */
function refusing(call: 'add' | 'list' | 'update', code: number): Services {
  const refuse = (): Promise<never> =>
    Promise.reject(
      Object.assign(new Error(`${code} no rights`), { code, details: 'no rights', metadata: {} }),
    );
  const { operatorService, workflowService } = services;
  return {
    operatorService: Object.assign(Object.create(operatorService) as typeof operatorService, {
      ...(call === 'add' && { addSearchAttributes: refuse }),
      ...(call === 'list' && { listSearchAttributes: refuse }),
    }),
    workflowService: Object.assign(Object.create(workflowService) as typeof workflowService, {
      ...(call === 'update' && { updateNamespace: refuse }),
    }),
  };
}

test('a fresh namespace gets all that our workflows need, and is then left alone', async () => {
  const namespace = await freshNamespace(1);
  await prepareNamespace(services, namespace, log);
  expect(await checkNamespace(services, namespace, log)).toEqual([]);
  expect(await retentionDays(namespace)).toBe(30);
  expect(lines).toHaveLength(2);

  await prepareNamespace(services, namespace, log);
  expect(lines).toHaveLength(2);
});

test('a workflow can be started with all search attributes, and found by them, at once', async () => {
  const workflowId = uniqueName('workflow');
  await testClient().workflow.start('nobodyRunsThis', {
    workflowId,
    taskQueue: uniqueName('queue'),
    typedSearchAttributes: [
      { key: searchAttributes.portfolioOrderId, value: workflowId },
      { key: searchAttributes.orderReference, value: 'reference' },
      { key: searchAttributes.accountId, value: 'account' },
      { key: searchAttributes.portfolioOrderStatus, value: 'NEW' },
      { key: searchAttributes.portfolioOrderType, value: 'BUY' },
      { key: searchAttributes.attention, value: ['ONE', 'TWO'] },
      { key: searchAttributes.partnerTrouble, value: ['esw 2026-11-24T17:00:00.000Z ESW answered 503'] },
      { key: searchAttributes.cashAmount, value: 1234.5 },
      { key: searchAttributes.settlementDue, value: new Date('2026-11-24T17:00:00Z') },
    ],
  });
  const query =
    `PortfolioOrderId = "${workflowId}" AND OrderReference = "reference" AND AccountId = "account" ` +
    `AND PortfolioOrderStatus = "NEW" AND PortfolioOrderType = "BUY" AND Attention = "TWO" ` +
    `AND PartnerTrouble IS NOT NULL AND CashAmount > 1000 AND SettlementDue < "2026-11-25T00:00:00Z"`;
  expect(await testClient().workflow.count(query)).toMatchObject({ count: 1 });
  await testClient().workflow.getHandle(workflowId).terminate();
});

test('a longer retention is kept', async () => {
  const namespace = await freshNamespace(60);
  await prepareNamespace(services, namespace, log);
  expect(await retentionDays(namespace)).toBe(60);
  expect(await checkNamespace(services, namespace, log)).toEqual([]);
});

test('an attribute of another type is found, though the server takes it silently', async () => {
  const namespace = await freshNamespace(30);
  await services.operatorService.addSearchAttributes({
    namespace,
    searchAttributes: { CashAmount: INDEXED_VALUE_TYPE_INT },
  });
  const sentence =
    `Search attribute CashAmount of namespace "${namespace}" is of type INT, not DOUBLE. Its type cannot be ` +
    `changed; run: temporal operator search-attribute remove --yes --namespace ${namespace} --name CashAmount && ` +
    `temporal operator search-attribute create --namespace ${namespace} --type Double --name CashAmount`;
  await expect(prepareNamespace(services, namespace, log)).rejects.toThrow(new NamespaceError(sentence));
  expect(await checkNamespace(services, namespace, log)).toEqual([sentence]);
});

test('the check names everything that is wrong, with the commands, and changes nothing', async () => {
  const namespace = await freshNamespace(7);
  const problems = await checkNamespace(services, namespace, log);
  expect(problems).toEqual([
    `Namespace "${namespace}" keeps closed workflows for 7 days; at least 30 are needed. Run: ` +
      `temporal operator namespace update --namespace ${namespace} --retention 30d`,
    `Namespace "${namespace}" lacks the search attributes PortfolioOrderId, OrderReference, AccountId, ` +
      `PortfolioOrderStatus, PortfolioOrderType, Attention, CashAmount, PartnerTrouble, SettlementDue. Run: ` +
      `temporal operator search-attribute create --namespace ${namespace} --type Keyword --name PortfolioOrderId ` +
      `--name OrderReference --name AccountId --name PortfolioOrderStatus --name PortfolioOrderType && ` +
      `temporal operator search-attribute create --namespace ${namespace} --type KeywordList --name Attention --name PartnerTrouble && ` +
      `temporal operator search-attribute create --namespace ${namespace} --type Double --name CashAmount && ` +
      `temporal operator search-attribute create --namespace ${namespace} --type Datetime --name SettlementDue`,
  ]);
  expect(await checkNamespace(services, namespace, log)).toEqual(problems);
});

test('a missing namespace is distinguished from an unavailable server, over the client and the worker connection', async () => {
  const sentence =
    'Namespace "nowhere" does not exist. Run: temporal operator namespace create --namespace nowhere --retention 30d';
  expect(await checkNamespace(services, 'nowhere', log)).toEqual([sentence]);
  expect(await checkNamespace(await testConnection(), 'nowhere', log)).toEqual([sentence]);
  await expect(prepareNamespace(services, 'nowhere', log)).rejects.toThrow(new NamespaceError(sentence));
});

test('each refusal names the command that an authorised user must run', async () => {
  const namespace = await freshNamespace(1);
  const prepare = (call: 'add' | 'list' | 'update'): Promise<void> =>
    prepareNamespace(refusing(call, 7), namespace, log);
  const create = 'temporal operator search-attribute create';
  await expect(prepare('list')).rejects.toThrow(
    `Temporal refused to list search attributes: no rights. A user with the required rights must run: ${create}`,
  );
  await expect(prepare('add')).rejects.toThrow(
    `Temporal refused to register search attributes: no rights. A user with the required rights must run: ${create}`,
  );
  await expect(prepare('update')).rejects.toThrow(
    `Temporal refused to raise the retention: no rights. A user with the required rights must run: ` +
      `temporal operator namespace update --namespace ${namespace} --retention 30d`,
  );
});

test('a server that is away is no refusal', async () => {
  const namespace = await freshNamespace(1);
  await expect(prepareNamespace(refusing('add', 14), namespace, log)).rejects.not.toThrow(NamespaceError);
  await expect(checkNamespace(refusing('list', 14), namespace, log)).rejects.toThrow('14 no rights');
});

test('search attributes that may not be listed are no problem, but are said', async () => {
  const namespace = await freshNamespace(30);
  expect(await checkNamespace(refusing('list', 7), namespace, log)).toEqual([]);
  expect(lines).toEqual([
    `The search attributes of namespace "${namespace}" could not be checked: no rights.`,
  ]);
});
