/** Names that others build on are the same as ever, whatever was reworded or moved. */
import { readFileSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { publicNames } from '../contract/public-names';
import { call } from '../support/api-calls';
import type { LoneServer } from './lone-server';

const file = resolve(__dirname, '../contract/public-names.json');

export function publicNamesSuite(running: () => LoneServer): void {
  it('are what test/contract/public-names.json says; RECORD_PUBLIC_NAMES=1 writes it anew', async () => {
    const names = await publicNames((await call(running(), 'GET', '/openapi.json')).body);
    if (process.env.RECORD_PUBLIC_NAMES === '1') writeFileSync(file, `${JSON.stringify(names, null, 2)}\n`);
    expect(names).toEqual(JSON.parse(readFileSync(file, 'utf8')));
  });
}
