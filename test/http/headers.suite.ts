/** Headers for browsers, the operators' page, and the page of the API's document. */
import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { request } from 'undici';
import { call } from '../support/api-calls';
import type { LoneServer } from './lone-server';
import { expectProblem } from './problem';

const CLOSED = "default-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

export function headersSuite(running: () => LoneServer): void {
  let alone: LoneServer;
  beforeAll(() => {
    alone = running();
  });

  async function get(path: string, method: 'GET' | 'PUT' | 'DELETE' | 'PATCH' = 'GET') {
    const answer = await request(`${alone.url}${path}`, { method });
    return { status: answer.statusCode, headers: answer.headers, text: await answer.body.text() };
  }

  it.each(['/whoami', '/portfolio-orders', '/nowhere', '/openapi.json', '/', '/docs'])(
    '%s is answered with headers that forbid browsers to guess, frame and run it elsewhere',
    async (path) => {
      const { headers } = await get(path);
      expect(headers).toMatchObject({
        'x-content-type-options': 'nosniff',
        'referrer-policy': 'no-referrer',
        'x-frame-options': 'DENY',
        'cross-origin-opener-policy': 'same-origin',
        'cross-origin-resource-policy': 'same-origin',
        'strict-transport-security': expect.stringContaining('max-age=') as string,
      });
      expect(headers['content-security-policy']).toContain(CLOSED);
      expect(headers).not.toHaveProperty('x-powered-by');
      expect(headers).not.toHaveProperty('server');
    },
  );

  it('a path that cannot be decoded gets no further, and tells browsers the same', async () => {
    const { status, headers } = await get('/%E0%A4%A');
    expect(status).toBe(400);
    expect(headers).toMatchObject({
      'x-content-type-options': 'nosniff',
      'referrer-policy': 'no-referrer',
      'x-frame-options': 'DENY',
      'content-security-policy': CLOSED,
      'cache-control': 'no-store',
    });
  });

  it('answers that are no page may load nothing at all, and are kept nowhere', async () => {
    for (const path of ['/openapi.json', '/whoami', '/nowhere', '/portfolio-orders/x'])
      expect((await get(path)).headers).toMatchObject({
        'content-security-policy': CLOSED,
        'cache-control': 'no-store',
      });
  });

  it.each([
    ['PUT', '/portfolio-orders'],
    ['DELETE', '/portfolio-orders/x'],
    ['PATCH', '/'],
    ['PUT', '/docs'],
    ['DELETE', '/parked-events/x'],
  ] as const)('%s %s is a problem, not a page', async (method, path) => {
    const { status, headers, text } = await get(path, method);
    expectProblem({ status, headers, body: JSON.parse(text) as unknown }, 404, 'NOT_FOUND');
  });

  describe("the operators' page", () => {
    const folder = resolve(__dirname, '../../src/page/static');
    const TYPES: Record<string, string> = { html: 'text/html', js: '/javascript', css: 'text/css' };

    it('is served as its files are, with a policy that lets only them run', async () => {
      const names = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) =>
        name.includes('.'),
      );
      expect(names).toEqual(expect.arrayContaining(['index.html', 'app.js', 'styles/base.css']));
      for (const name of names) {
        const { status, headers, text } = await get(`/${name}`);
        expect({ name, status }).toEqual({ name, status: 200 });
        expect(text).toBe(readFileSync(`${folder}/${name}`, 'utf8'));
        expect(headers['content-type']).toContain(TYPES[name.split('.').at(-1) ?? ''] ?? 'nothing else');
      }
      const { headers, text } = await get('/');
      expect(text).toBe(readFileSync(`${folder}/index.html`, 'utf8'));
      expect(headers['content-security-policy']).toBe(
        `${CLOSED}; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; connect-src 'self'`,
      );
    });

    it('opens no way to other files', async () => {
      for (const path of [
        '/../package.json',
        '/%2e%2e/package.json',
        '/..%2f..%2fpackage.json',
        '/static',
        '/.env',
      ]) {
        const { status, text } = await get(path);
        expect({ path, status }).toEqual({ path, status: 404 });
        expect(text).not.toContain('dependencies');
      }
    });
  });

  describe('the page of the document', () => {
    it('has all that it shows from here', async () => {
      const { status, headers, text } = await get('/docs');
      expect(status).toBe(200);
      expect(headers['content-security-policy']).not.toMatch(/https?:|\*|script-src[^;]*unsafe/);
      const loaded = [...text.matchAll(/(?:src|href)="([^"]+)"/g)].map(([, path = '']) => path);
      expect(loaded.length).toBeGreaterThan(3);
      for (const path of loaded) {
        expect(path).toMatch(/^\/docs\//);
        expect({ path, status: (await get(path)).status }).toEqual({ path, status: 200 });
      }
      expect(text).not.toMatch(/<script[^>]*>\s*[^<\s]/);
    });

    it('shows the document that is at /openapi.json', async () => {
      const shown = await call(alone, 'GET', '/docs/json');
      expect(shown.body).toEqual((await call(alone, 'GET', '/openapi.json')).body);
    });
  });
}
