/** The document of the API: valid, complete, and of the calls that there are. */
import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PROBLEMS } from '../../src/app/errors';
import { call } from '../support/api-calls';
import { operationsOf, resolved, validatorOf, type Document } from './api-document';
import type { LoneServer } from './lone-server';

const root = resolve(__dirname, '../..');

export function openapiSuite(running: () => LoneServer): void {
  let alone: LoneServer;
  let document: Document;
  beforeAll(async () => {
    alone = running();
    document = (await call(alone, 'GET', '/openapi.json')).body as Document;
  });

  it('is valid OpenAPI 3.1', () => {
    const folder = mkdtempSync(join(tmpdir(), 'openapi-'));
    const file = join(folder, 'openapi.json');
    writeFileSync(file, JSON.stringify(document));
    // An ES module, which Jest cannot load.
    const script = `
    import { Validator } from '@seriousme/openapi-schema-validator';
    const validator = new Validator();
    const { valid, errors } = await validator.validate(${JSON.stringify(file)});
    const { version } = validator;
    validator.resolveRefs();
    console.log(JSON.stringify({ valid, errors, version }));`;
    const output = execFileSync(process.execPath, ['--input-type=module', '-e', script], { cwd: root });
    rmSync(folder, { recursive: true });
    expect(JSON.parse(output.toString())).toEqual({ valid: true, version: '3.1' });
  });

  it('has every call, each with a name of its own, words, a tag, and its errors', () => {
    const tags = document.tags.map(({ name }) => name);
    const ids = operationsOf(document).map(([, { operationId }]) => operationId);
    expect(new Set(ids).size).toBe(ids.length);
    expect(operationsOf(document).map(([name]) => name)).toEqual(
      expect.arrayContaining(['post /webhooks/upvest', 'get /portfolio-orders/{referenceOrId}/events']),
    );
    for (const [name, operation] of operationsOf(document)) {
      expect({ name, ...operation }).toMatchObject({
        operationId: expect.stringMatching(/^[a-z][A-Za-z]+$/) as string,
        summary: expect.any(String) as string,
        tags: [expect.stringMatching(new RegExp(`^(${tags.join('|')})$`)) as string],
      });
      const takesToken = operation.security === undefined;
      if (takesToken) {
        for (const status of ['401', '429', '500', '503']) {
          const { content } = resolved(document, operation.responses[status] ?? {});
          expect({ name, status, types: Object.keys(content ?? {}) }).toEqual({
            name,
            status,
            types: ['application/problem+json'],
          });
        }
      }
    }
  });

  it('knows every call that the server answers', async () => {
    for (const [name, { security }] of operationsOf(document)) {
      const [method = '', path = ''] = name.split(' ');
      if (security !== undefined) continue;
      const answer = await call(alone, method.toUpperCase() as 'GET', path.replaceAll(/\{\w+\}/g, 'x'));
      expect({ name, status: answer.status }).toEqual({ name, status: 401 });
    }
  });

  it('has an example of each problem that is one', () => {
    const problems = Object.values(document.components.responses);
    const examples = problems.flatMap(({ content }) =>
      Object.entries(content?.['application/problem+json']?.examples ?? {}),
    );
    expect(new Set(examples.map(([code]) => code))).toEqual(new Set(Object.keys(PROBLEMS)));
    const validate = validatorOf(document, { $ref: 'doc#/components/schemas/Problem' });
    for (const [code, { value }] of examples) {
      validate(value);
      expect({ code, errors: validate.errors ?? [] }).toEqual({ code, errors: [] });
      expect(value).toMatchObject({ code });
    }
  });
}
