/** Who may call, and how often. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ApiToken } from '../../src/config/api-tokens';
import type { RunningServer } from '../../src/start-server';
import { call, newRequest, type Answer } from '../support/api-calls';
import { until } from '../support/until';
import { furtherServer, listeningLogger, tokenEntry } from './further-server';
import type { LoneServer } from './lone-server';
import { expectProblem } from './problem';

export function accessSuite(running: () => LoneServer): void {
  let alone: LoneServer;
  let folder: string;
  const undo: (() => Promise<void>)[] = [];
  beforeAll(() => {
    alone = running();
    folder = mkdtempSync(join(tmpdir(), 'tokens-'));
  });
  afterEach(async () => {
    for (const step of undo.splice(0).reverse()) await step();
  });
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  async function further(
    ...args: [Parameters<typeof furtherServer>[1], Parameters<typeof furtherServer>[2]?]
  ) {
    const server = await furtherServer(alone, ...args);
    undo.push(() => server.stop());
    return server;
  }

  const whoami = (server: Pick<RunningServer, 'url'>, token?: string, headers = {}): Promise<Answer> =>
    call(server, 'GET', '/whoami', { ...(token !== undefined && { token }), headers });

  describe('a token', () => {
    it.each([
      ['read', ['read']],
      ['submit', ['read', 'place', 'cancel']],
    ] as const)('of the role %s may %p', async (role, may) => {
      const { status, body } = await whoami(alone, alone.tokens[role]);
      expect({ status, body }).toEqual({
        status: 200,
        body: { name: `demo-${role}`, role, roles: [role], may },
      });
    });

    it('of the role operate may decide, and not place', async () => {
      const { body } = await whoami(alone, alone.tokens.operate);
      const { may } = body as { may: string[] };
      expect(may).toEqual(expect.arrayContaining(['read', 'cancel', 'identify', 'discard-parked-event']));
      expect(may).not.toContain('place');
    });
  });

  describe('the file of tokens', () => {
    const file = (): string => join(folder, 'tokens.json');
    const write = (tokens: ApiToken[] | string): void => {
      writeFileSync(file(), typeof tokens === 'string' ? tokens : JSON.stringify(tokens));
    };
    const statusOf = async (server: RunningServer, token: string) => (await whoami(server, token)).status;
    const [first, second] = [tokenEntry('first', 'read', 'one'), tokenEntry('second', 'operate', 'two')];

    async function withFile() {
      write([first, second]);
      const { logger, lines } = listeningLogger();
      const http = { tokens: [first, second], tokensFile: file() };
      return { server: await further(http, { logger, reloadEveryMs: 30 }), lines };
    }

    it('is read again: what is taken out is refused, what is added is known, roles change', async () => {
      const { server, lines } = await withFile();
      expect(await statusOf(server, 'first')).toBe(200);
      write([{ ...second, role: 'read' }, tokenEntry('third', 'submit', 'three')]);
      await until('the new token', async () => (await statusOf(server, 'third')) === 200);
      expect(await statusOf(server, 'first')).toBe(401);
      expect((await whoami(server, 'second')).body).toMatchObject({ role: 'read' });
      write([{ ...second, role: ['read', 'submit'] }]);
      await until('the further role', async () => {
        const { body } = await whoami(server, 'second');
        return (body as { may: string[] }).may.includes('place');
      });
      const line = lines.find(({ msg }) => msg === 'API tokens reloaded');
      expect(line).toMatchObject({
        added: ['two (read)', 'three (submit)'],
        removed: ['one (read)', 'two (operate)'],
      });
      expect(JSON.stringify(lines)).not.toContain(second.sha256);
    });

    it.each([
      ['is no JSON', '[{"name": "one"', 'not JSON'],
      ['is empty', '[]', 'at least one'],
      ['has an unknown role', JSON.stringify([{ ...first, role: 'admin' }]), 'role'],
    ])('that %s changes nothing, is said loudly, and once', async (_what, content, why) => {
      const { server, lines } = await withFile();
      const errors = () => lines.filter(({ level }) => level >= 50);
      write(content);
      await until('the complaint', () => errors().length > 0);
      await new Promise((resolve) => setTimeout(resolve, 200));
      expect(errors()).toEqual([expect.objectContaining({ why: expect.stringContaining(why) as string })]);
      expect(await statusOf(server, 'first')).toBe(200);
      write([second]);
      await until('the repair', async () => (await statusOf(server, 'first')) === 401);
      expect(await statusOf(server, 'second')).toBe(200);
    });

    it('that is gone changes nothing', async () => {
      const { server, lines } = await withFile();
      rmSync(file());
      await until('the complaint', () => lines.some(({ level }) => level >= 50));
      expect(await statusOf(server, 'second')).toBe(200);
    });
  });

  describe('limits', () => {
    const limits = { requestsPerMinute: 5, failuresPerMinute: 3, eventStreams: 1 };

    it('are of each token: one that is used up leaves the others alone', async () => {
      const server = await further({ limits });
      for (let number = 1; number <= 5; number += 1)
        expect((await whoami(server, alone.tokens.read)).status).toBe(200);
      const refused = await whoami(server, alone.tokens.read);
      expectProblem(refused, 429, 'TOO_MANY_REQUESTS');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
      expect(Number(refused.headers['retry-after'])).toBeLessThanOrEqual(60);
      expect((await whoami(server, alone.tokens.submit)).status).toBe(200);
      expect((await call(server, 'GET', '/openapi.json')).status).toBe(200);
    });

    it('count what a token may not do as well, and place nothing beyond', async () => {
      const server = await further({ limits });
      const place = (token: string): Promise<Answer> =>
        call(server, 'POST', '/portfolio-orders', { token, json: newRequest() });
      for (let number = 1; number <= 5; number += 1)
        expectProblem(await place(alone.tokens.read), 403, 'FORBIDDEN');
      expectProblem(await place(alone.tokens.read), 429, 'TOO_MANY_REQUESTS');
    });

    it('stop who guesses tokens, by address; a forged header is no other address', async () => {
      const server = await further({ limits });
      const guess = (number: number): Promise<Answer> =>
        whoami(server, `guess-${number}`, { 'x-forwarded-for': `203.0.113.${number}` });
      for (let number = 1; number <= 3; number += 1)
        expectProblem(await guess(number), 401, 'UNAUTHENTICATED');
      const refused = await guess(4);
      expectProblem(refused, 429, 'TOO_MANY_REQUESTS');
      expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    });

    it('never stop a valid token, whatever others send from its address (14.33)', async () => {
      const server = await further({ limits });
      for (let number = 1; number <= 9; number += 1) await whoami(server, `guess-${number}`);
      expectProblem(await whoami(server, 'guess'), 429, 'TOO_MANY_REQUESTS');
      expect((await whoami(server, alone.tokens.read)).status).toBe(200);
    });

    it.each([
      [[], { address: '127.0.0.1', trusted: false }],
      [['127.0.0.1'], { address: '127.0.0.1', trusted: true }],
    ])('tell a caller behind a proxy whether it is trusted: %j (14.33)', async (trustedProxies, proxy) => {
      const server = await further({ limits, ...(trustedProxies.length > 0 && { trustedProxies }) });
      const { body } = await whoami(server, alone.tokens.read, { 'x-forwarded-for': '203.0.113.1' });
      expect(body).toMatchObject({ proxy });
    });

    it('believe a proxy that is trusted about where a request came from', async () => {
      const server = await further({ limits, trustedProxies: ['127.0.0.1'] });
      const from = (address: string, token: string): Promise<Answer> =>
        whoami(server, token, { 'x-forwarded-for': address });
      for (let number = 1; number <= 3; number += 1) await from('203.0.113.1', 'guess');
      expectProblem(await from('203.0.113.1', 'guess'), 429, 'TOO_MANY_REQUESTS');
      expectProblem(await from('203.0.113.2', 'guess'), 401, 'UNAUTHENTICATED');
    });

    it('do not count a request without a token as a guess', async () => {
      const server = await further({ limits });
      for (let number = 1; number <= 9; number += 1)
        expectProblem(await whoami(server), 401, 'UNAUTHENTICATED');
      expect((await whoami(server, alone.tokens.read)).status).toBe(200);
    });
  });
}
