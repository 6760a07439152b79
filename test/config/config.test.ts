import { bundledCalendar } from '../../src/domain/calendar/trading-calendar';
import { ConfigurationError, readServerConfig, readWorkerConfig } from '../../src/config/config';
import { readDatabaseUrl } from '../../src/config/records';
import {
  keyPem,
  PASSPHRASE,
  required,
  temporaryFiles,
  TOKEN,
  tokensJson,
  type Environment,
} from './environment';

const files = temporaryFiles();
afterAll(() => {
  files.remove();
});
const { common, worker, server } = required(files);
const forWorker = { ...common, ...worker };
const forServer = { ...common, ...server };
const complete = { ...forWorker, ...forServer };

/** All problems, each as its variable and what is said of it. */
function problemsOf(read: () => unknown): [variable: string, problem: string][] {
  try {
    read();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) throw error;
    for (const problem of error.problems) expect(error.message).toContain(`  - ${problem}`);
    return error.problems.map((problem) => {
      const [variable = '', ...words] = problem.split(' ');
      return [variable, words.join(' ')];
    });
  }
  return [];
}
const variablesOf = (read: () => unknown): string[] => problemsOf(read).map(([variable]) => variable);

describe('what is missing', () => {
  const processes: [string, (environment: Environment) => unknown, Environment][] = [
    ['worker', readWorkerConfig, forWorker],
    ['server', readServerConfig, forServer],
  ];

  it.each(processes)('for the %s is listed at once, by name', (_name, read, needed) => {
    const problems = problemsOf(() => read({}));
    expect(problems.map(([variable]) => variable).sort()).toEqual(Object.keys(needed).sort());
    for (const [, problem] of problems) expect(problem).toMatch(/^is missing/);
  });

  it.each(processes)('for the %s includes what is empty', (_name, read, needed) => {
    const empty = Object.fromEntries(Object.keys(needed).map((name) => [name, '']));
    expect(problemsOf(() => read(empty))).toEqual(problemsOf(() => read({})));
  });

  it.each(processes)('for the %s is nothing more than what it needs', (_name, read, needed) => {
    expect(problemsOf(() => read(needed))).toEqual([]);
    for (const name of Object.keys(needed)) {
      const { [name]: left, ...rest } = needed;
      expect(left).toBeDefined();
      expect(problemsOf(() => read(rest))).toEqual([[name, expect.stringMatching(/^is missing/)]]);
    }
  });
});

describe('what is wrong', () => {
  it.each([
    ['UPVEST_BASE_URL', 'sandbox.upvest.co', 'URL'],
    ['UPVEST_BASE_URL', 'ftp://sandbox.upvest.co', 'URL'],
    ['UPVEST_CLIENT_ID', 'unknown', 'UUID'],
    ['UPVEST_REQUESTS_PER_SECOND', '0', '1 to 300'],
    ['UPVEST_REQUESTS_PER_SECOND', '301', '1 to 300'],
    ['UPVEST_REQUESTS_PER_SECOND', '1.5', '1 to 300'],
    ['UPVEST_REQUESTS_PER_SECOND', '1e2', '1 to 300'],
    ['ESW_BASE_URL', 'https://', 'URL'],
    ['ESW_TOKEN_URL', '/connect/token', 'URL'],
    ['ESW_DELIVERY_COUNTRY', 'de', 'ISO 3166-1'],
    ['ESW_DELIVERY_COUNTRY', 'DEU', 'ISO 3166-1'],
    ['ESW_EVENT_DETAIL', 'everything', 'portfolio, orders, executions'],
    ...['NEW', 'NEW=', 'NEW=A,NEW=B', 'new=A', 'NEW=A;FILLED=B', 'NEW=A=B', `NEW=${'x'.repeat(257)}`].map(
      (value) => ['ESW_STATUS_WORDS', value, 'NEW=Value'],
    ),
    ['ESW_ORDER_TYPES', 'NEW=Sale', 'BUY=Value'],
    ['ESW_SEND_USER_ID', 'true', 'yes or no'],
    ['DATABASE_URL', 'somewhere', 'postgresql://'],
    ['DATABASE_URL', 'mysql://root:secret-word@localhost/records', 'postgresql://'],
    ['WORKER_MEMORY', '2GB', '2GiB'],
    ['WORKER_MEMORY', '383MiB', 'at least 384MiB'],
    ['HTTP_PORT', '-1', '0 to 65535'],
    ['HTTP_PORT', '65536', '0 to 65535'],
    ['HTTP_PORT', ' 80', '0 to 65535'],
    ['HTTP_PORT', 'http', '0 to 65535'],
    ['ADMIN_PORT', '65536', '0 to 65535'],
    ['WEBHOOK_PATH', 'webhooks/upvest', '/'],
    ['WEBHOOK_PATH', '/webhooks/:id', 'letters'],
    ['WEBHOOK_PATH', '/webhooks?a=1', 'letters'],
    ['WEBHOOK_PATH', '/portfolio-orders', 'path of the API'],
    ['WEBHOOK_PATH', '/app.js', 'path of the API'],
    ['WEBHOOK_PATH', '/', 'path of the API'],
    ['WEBHOOK_PATH', '/whoami', 'path of the API'],
    ['WEBHOOK_SIGNATURE_EXPIRY', 'ignore', 'warn'],
    ['HTTP_REQUESTS_PER_MINUTE', '0', '1 to 1000000'],
    ['HTTP_FAILED_TOKENS_PER_MINUTE', '1000001', '1 to 1000000'],
    ['HTTP_EVENT_STREAMS', '10001', '0 to 10000'],
    ...['proxy', '10.0.0.1/33', '10.0.0.1/8/8', '10.0.0.1;10.0.0.2', '::1/129', '10.0.0.1/'].map((value) => [
      'HTTP_TRUSTED_PROXIES',
      value,
      'IP addresses',
    ]),
    ['POLICY_HISTORY_EVENTS_PER_RUN', '49', '50 to 10000'],
    ['POLICY_HISTORY_EVENTS_PER_RUN', '10001', '50 to 10000'],
    ...['60', 's', '1.5s', '-1s', '1 s', '60S', '1w', '1h30m', 'PT60S'].map((value) => [
      'POLICY_PLACED_GRACE',
      value,
      '60s',
    ]),
    ['POLICY_PREDECESSOR_GRACE', 'soon', '60s'],
  ])(
    '(%s=%s) is named with what is expected, once, and not repeated',
    (variable = '', value = '', expected) => {
      const isOfWorker = variable in worker || variable.startsWith('WORKER_');
      const read = isOfWorker ? readWorkerConfig : readServerConfig;
      const problems = problemsOf(() => read({ ...complete, [variable]: value }));
      expect(problems).toEqual([[variable, expect.stringContaining(expected)]]);
      // Shorter ones stand in the examples of what is expected.
      if (value.length > 4) expect(problems[0]?.[1]).not.toContain(value);
    },
  );

  it('is listed together with what is missing, and with what is wrong in files', () => {
    const environment = {
      UPVEST_CLIENT_ID: 'unknown',
      UPVEST_PRIVATE_KEY_FILE: `${files.folder}/none.pem`,
      API_TOKENS_FILE: files.write('empty.json', '[]'),
      HTTP_PORT: 'http',
      POLICY_PLACED_GRACE: 'soon',
    };
    const rest = [
      'DATABASE_URL',
      'UPVEST_BASE_URL',
      'UPVEST_CLIENT_SECRET',
      'UPVEST_KEY_ID',
      'ESW_TENANT_CODE',
    ];
    expect(variablesOf(() => readServerConfig(environment)).sort()).toEqual(
      [...Object.keys(environment), ...rest].sort(),
    );
  });

  it.each([readWorkerConfig, readServerConfig])('never shows a value (%p)', (read) => {
    const secret = 'hush-hush';
    const names = [
      ...Object.keys(complete),
      'HTTP_PORT',
      'POLICY_PLACED_GRACE',
      'UPVEST_PRIVATE_KEY_PASSPHRASE',
    ];
    const environment = Object.fromEntries(names.map((name) => [name, secret]));
    const problems = problemsOf(() => read(environment));
    expect(problems.length).toBeGreaterThan(3);
    expect(JSON.stringify(problems)).not.toContain('hush');
  });
});

describe('the signing key', () => {
  const withKey = (path: string, passphrase?: string) => () =>
    readWorkerConfig({
      ...forWorker,
      UPVEST_PRIVATE_KEY_FILE: path,
      ...(passphrase !== undefined && { UPVEST_PRIVATE_KEY_PASSPHRASE: passphrase }),
    });
  const encrypted = files.write('encrypted.pem', keyPem('secp521r1', PASSPHRASE));

  it.each([
    ['is missing', `${files.folder}/none.pem`, 'ENOENT'],
    ['is a folder', files.folder, 'EISDIR'],
    ['is no key', files.write('no.pem', 'hush-hush'), 'not a PEM private key'],
    ['is of another curve', files.write('p256.pem', keyPem('prime256v1')), 'prime256v1, not EC P-521'],
    ['is encrypted, and no passphrase is given', encrypted, 'passphrase'],
  ])('whose file %s is refused with the reason', (_what, path, reason) => {
    expect(problemsOf(withKey(path))).toEqual([['UPVEST_PRIVATE_KEY_FILE', expect.stringContaining(reason)]]);
  });

  it('that is set in place of its file is not printed', () => {
    const pem = keyPem();
    const [problem] = problemsOf(withKey(pem));
    expect(problem?.[0]).toBe('UPVEST_PRIVATE_KEY_FILE');
    expect(problem?.[1]).not.toContain(pem.split('\n')[1]);
  });

  it('that is encrypted is opened with its passphrase only', () => {
    expect(variablesOf(withKey(encrypted, 'wrong'))).toEqual(['UPVEST_PRIVATE_KEY_FILE']);
    expect(withKey(encrypted, PASSPHRASE)().upvest.privateKey.asymmetricKeyDetails).toEqual({
      namedCurve: 'secp521r1',
    });
  });

  it('that is not encrypted may come with an empty passphrase', () => {
    expect(problemsOf(withKey(forWorker.UPVEST_PRIVATE_KEY_FILE ?? '', ''))).toEqual([]);
  });
});

describe('the file of API tokens', () => {
  const withTokens = (content: string) => () =>
    readServerConfig({ ...forServer, API_TOKENS_FILE: files.write('other-tokens.json', content) });

  const entries = [tokensJson(), tokensJson({ name: 'else', role: 'operate' })];
  const twice = `[${entries.map((list) => list.slice(1, -1)).join(',')}]`;

  it.each([
    ['is no JSON', TOKEN, 'JSON'],
    ['is half of a document', tokensJson().slice(0, -5), 'JSON'],
    ['is empty', '', 'JSON'],
    ['holds no list', '{}', 'list'],
    ['holds no token', '[]', 'at least one'],
    ['holds an unknown role', tokensJson({ role: 'admin' }), '0.role'],
    ['holds an unknown role beside a known one', tokensJson({ role: ['read', 'admin'] }), '0.role'],
    ['holds a role twice', tokensJson({ role: ['read', 'read'] }), '0.role'],
    ['holds a token without a role', tokensJson({ role: [] }), '0.role'],
    ['holds a token twice', twice, 'token twice'],
    ['holds no name', tokensJson({ name: '' }), '0.name'],
    ['holds a token in place of its hash', tokensJson({ sha256: TOKEN }), '0.sha256'],
    ['holds a hash in capitals', tokensJson({ sha256: 'A'.repeat(64) }), '0.sha256'],
    ['holds a hash that is too short', tokensJson({ sha256: 'a'.repeat(63) }), '0.sha256'],
    ['holds the token itself', tokensJson({ token: TOKEN }), 'token'],
  ])('that %s is refused with the place, and not repeated', (_what, content, place) => {
    const problems = problemsOf(withTokens(content));
    expect(problems).toEqual([['API_TOKENS_FILE', expect.stringContaining(place)]]);
    expect(JSON.stringify(problems)).not.toContain(TOKEN.slice(0, 5));
  });

  it('that cannot be read is refused with the reason', () => {
    const read = () => readServerConfig({ ...forServer, API_TOKENS_FILE: `${files.folder}/none.json` });
    expect(problemsOf(read)).toEqual([['API_TOKENS_FILE', expect.stringContaining('ENOENT')]]);
  });

  it('gives names, roles and hashes', () => {
    const [known] = withTokens(tokensJson({ role: 'operate' }))().http.tokens;
    expect(known).toMatchObject({ name: 'ada', role: 'operate' });
    expect(known?.sha256).toMatch(/^[0-9a-f]{64}$/);
  });

  it('may give a token several roles', () => {
    const [known] = withTokens(tokensJson({ role: ['submit', 'operate'] }))().http.tokens;
    expect(known?.role).toEqual(['submit', 'operate']);
  });
});

describe('what is not set', () => {
  it('has the documented default', () => {
    const { http, order, orderTaskQueue, upvest } = readServerConfig(forServer);
    const { tokens, ...listening } = http;
    expect(tokens).toHaveLength(1);
    expect(listening).toEqual({
      host: '127.0.0.1',
      port: 3000,
      webhookPath: '/webhooks/upvest',
      drainMs: 5_000,
      webhookSignature: { expiry: 'warn', maxAheadMs: 300_000, maxAgeMs: 604_800_000 },
      tokensFile: server.API_TOKENS_FILE,
      limits: { requestsPerMinute: 6_000, failuresPerMinute: 60, eventStreams: 200 },
    });
    expect(orderTaskQueue).toBe('portfolio-orders');
    expect(order).toEqual({
      brokerTaskQueue: 'upvest',
      emissionTaskQueue: 'esw',
      policies: {
        troubles: { eswAttentionAfterMs: 900_000, upvestAttentionAfterMs: 900_000 },
        placedGraceMs: 60_000,
        predecessorGraceMs: 30_000,
        lingerMs: 400,
        historyEventsPerRun: 1200,
        deadlines: {
          calendar: bundledCalendar(),
          tradingHours: {
            TARGET: { opens: '09:00', closes: '17:30' },
            LONDON: { opens: '08:00', closes: '16:30' },
          },
          new: { askAfterMs: 900_000, attentionAfter: { tradingDays: 1 } },
          processing: { askAfterMs: 3_600_000, attentionAfter: { tradingDays: 2 } },
          parts: { askAfterMs: 300_000, attentionAfter: { tradingDays: 1 } },
          cancel: { askAfterMs: 120_000, attentionAfter: { ms: 300_000 } },
          settlement: {
            cycles: [{ days: 2 }, { from: '2027-10-11', days: 1 }],
            time: '18:00',
            attentionAfter: { tradingDays: 1 },
          },
          quietMs: 5_000,
          slowestMs: 21_600_000,
          longestWaitMs: 1_209_600_000,
          spreadMs: 1_800_000,
          amountTolerance: '5',
        },
      },
      emission: { tenantCode: 'PFOLIO', actor: 'portfolio-order-coordinator', detail: 'orders' },
    });
    expect(upvest.requestsPerSecond).toBe(250);
  });

  it('is the same as what is set to nothing', () => {
    const optional = ['HTTP_HOST', 'HTTP_PORT', 'WEBHOOK_PATH', 'ORDER_TASK_QUEUE', 'POLICY_PLACED_GRACE'];
    const empty = Object.fromEntries([...optional, 'ESW_DELIVERY_COUNTRY'].map((name) => [name, '']));
    const { upvest, ...expected } = readServerConfig(forServer);
    expect(readServerConfig({ ...forServer, ...empty })).toMatchObject(expected);
    expect(readServerConfig({ ...forServer, ...empty }).order.emission).toEqual(expected.order.emission);
    expect(upvest.requestsPerSecond).toBe(250);
  });

  it('means the same to worker and server', () => {
    const fromWorker = readWorkerConfig(forWorker);
    const fromServer = readServerConfig(forServer);
    expect(fromWorker.order).toEqual(fromServer.order);
    expect(fromWorker.orderTaskQueue).toBe(fromServer.orderTaskQueue);
  });
});

describe('what is set', () => {
  it('is taken', () => {
    const given = {
      HTTP_HOST: '0.0.0.0',
      HTTP_PORT: '0',
      WEBHOOK_PATH: '/hooks',
      WEBHOOK_SIGNED_PATH: '/public/hooks',
      WEBHOOK_SIGNATURE_EXPIRY: 'reject',
      WEBHOOK_SIGNATURE_MAX_AHEAD: '1m',
      WEBHOOK_SIGNATURE_MAX_AGE: '2d',
      HTTP_REQUESTS_PER_MINUTE: '1',
      HTTP_FAILED_TOKENS_PER_MINUTE: '2',
      HTTP_EVENT_STREAMS: '0',
      HTTP_TRUSTED_PROXIES: '10.0.0.1, 10.1.0.0/16,::1',
      DEPLOYMENT_ID: 'prod-eu',
      ORDER_TASK_QUEUE: 'orders',
      UPVEST_TASK_QUEUE: 'broker',
      UPVEST_REQUESTS_PER_SECOND: '300',
      ESW_LAST_UPDATE_USER: 'robot',
      ESW_DELIVERY_COUNTRY: 'GB',
      ESW_CHANNEL_ID: 'app',
      ESW_EVENT_DETAIL: 'executions',
      ESW_STATUS_WORDS: 'NEW=Placed, CANCELLED=Called off',
      ESW_ORDER_TYPES: 'BUY=Offline,SELL=Offline',
      ESW_SEND_USER_ID: 'yes',
      POLICY_HISTORY_EVENTS_PER_RUN: '50',
    };
    expect(readServerConfig({ ...forServer, ...given })).toMatchObject({
      http: {
        host: '0.0.0.0',
        port: 0,
        webhookPath: '/hooks',
        webhookSignedPath: '/public/hooks',
        webhookSignature: { expiry: 'reject', maxAheadMs: 60_000, maxAgeMs: 172_800_000 },
        limits: { requestsPerMinute: 1, failuresPerMinute: 2, eventStreams: 0 },
        trustedProxies: ['10.0.0.1', '10.1.0.0/16', '::1'],
      },
      orderTaskQueue: 'orders',
      order: {
        brokerTaskQueue: 'broker',
        deployment: 'prod-eu',
        policies: { historyEventsPerRun: 50 },
        emission: {
          tenantCode: 'PFOLIO',
          actor: 'robot',
          deliveryCountryIso: 'GB',
          channelId: 'app',
          detail: 'executions',
          statusWords: { NEW: 'Placed', CANCELLED: 'Called off' },
          orderTypes: { BUY: 'Offline', SELL: 'Offline' },
          sendsUserId: true,
        },
      },
      upvest: {
        baseUrl: common.UPVEST_BASE_URL,
        clientId: common.UPVEST_CLIENT_ID,
        clientSecret: common.UPVEST_CLIENT_SECRET,
        keyId: common.UPVEST_KEY_ID,
        requestsPerSecond: 300,
      },
    });
    expect(readWorkerConfig(forWorker).databaseUrl).toBe(common.DATABASE_URL);
    expect(readServerConfig(forServer).databaseUrl).toBe(common.DATABASE_URL);
    expect(readDatabaseUrl(common)).toBe(common.DATABASE_URL);
    expect(readWorkerConfig(forWorker).esw).toEqual({
      baseUrl: worker.ESW_BASE_URL,
      tokenUrl: worker.ESW_TOKEN_URL,
      clientId: worker.ESW_CLIENT_ID,
      clientSecret: worker.ESW_CLIENT_SECRET,
      scope: worker.ESW_SCOPE,
      maxInFlight: 64,
    });
  });

  it('as roles of a worker process is the list of them, in any order; all by default', () => {
    expect(readWorkerConfig(forWorker).roles).toEqual(['workflows', 'upvest', 'esw']);
    expect(readWorkerConfig({ ...forWorker, WORKER_ROLES: 'esw, workflows' }).roles).toEqual([
      'workflows',
      'esw',
    ]);
  });

  it('of memory is a size; the number of cached workflows is absent, unless it is given', () => {
    expect(readWorkerConfig({ ...forWorker, WORKER_MEMORY: '3GiB' }).memory).toBe(3 * 2 ** 30);
    expect(readWorkerConfig(forWorker)).not.toHaveProperty('cachedWorkflows');
    expect(readWorkerConfig({ ...forWorker, WORKER_CACHED_WORKFLOWS: '70' }).cachedWorkflows).toBe(70);
  });

  it.each(['webhooks', 'esw,esw', 'esw,', ','])('as roles may not be %j', (roles) => {
    expect(() => readWorkerConfig({ ...forWorker, WORKER_ROLES: roles })).toThrow(/WORKER_ROLES must be/);
  });

  it.each([
    ['0s', 0],
    ['500ms', 500],
    ['60s', 60_000],
    ['15m', 900_000],
    ['2h', 7_200_000],
    ['1d', 86_400_000],
  ])('as the duration %s is %i ms', (text, ms) => {
    const given = { ...forWorker, POLICY_PLACED_GRACE: text, POLICY_PREDECESSOR_GRACE: text };
    expect(readWorkerConfig(given).order.policies).toMatchObject({
      placedGraceMs: ms,
      predecessorGraceMs: ms,
    });
  });

  it('for another program is ignored', () => {
    expect(problemsOf(() => readWorkerConfig({ ...forWorker, HTTP_PORT: 'http', NOBODY: 'knows' }))).toEqual(
      [],
    );
  });
});
