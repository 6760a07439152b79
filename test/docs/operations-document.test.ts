/** docs/operations.md: its pictures and attentions are all there. What its queries find: operations-document.suite.ts. */
import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EVERY_ATTENTION } from '../../demo/scene/attentions';
import { stepsFor } from '../../src/cli/output/next-steps';
import { nextActions } from '../../src/domain/operator/attention-codes';
import type { AttentionCode } from '../../src/domain/operator/attention-codes';
import { ROOT, tableBelow, TEXT } from './operations-document';

test('every picture is there', () => {
  const pictures = [...TEXT.matchAll(/images\/[\w-]+\.png/g)].map(([path]) => path);
  expect(pictures.length).toBeGreaterThan(10);
  expect(pictures.filter((path) => !existsSync(resolve(ROOT, 'docs', path)))).toEqual([]);
});

describe('what to do', () => {
  const rows = tableBelow('## What to do').map(([codes = '', , advice = '']) => ({
    codes: [...codes.matchAll(/`(\w+)`/g)].map(([, code = '']) => code),
    advice,
  }));

  it('names every attention', () => {
    const listed = rows.flatMap(({ codes }) => codes);
    expect(EVERY_ATTENTION.length).toBeGreaterThan(27);
    expect(EVERY_ATTENTION.filter((code) => code !== 'INTERRUPTED' && !listed.includes(code))).toEqual([]);
    // It has no code of its own in the index, and so no row.
    expect(TEXT).toContain('`INTERRUPTED`');
  });

  it('says the commands that the command line says', () => {
    for (const { codes, advice } of rows) {
      for (const code of codes.filter((one) => !/^(PARKED|PLACE)/.test(one))) {
        const attention = { code: code as AttentionCode, actions: nextActions(code as AttentionCode, false) };
        const steps = stepsFor(attention, { reference: 'x' });
        for (const step of steps)
          expect([code, advice]).toEqual([code, expect.stringContaining(step.split(' ')[1] ?? '')]);
      }
    }
  });
});
