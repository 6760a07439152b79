/** docs/operations.md: its queries find what they say, on a real server; its pictures and attentions are all there. */
import { readFileSync, existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { EVERY_ATTENTION } from '../../demo/attentions';
import type { Stack } from '../../src/cli/dev-stack';
import { stepsFor } from '../../src/cli/next-steps';
import {
  finishedOrder,
  needs,
  parkedEvent,
  pausedOrder,
  place,
  runningOrder,
  submit,
  troubledOrder,
  unansweredPlacement,
  untilOrder,
  type PlacedOrder,
} from '../../demo/orders';
import type { AttentionCode } from '../../src/domain/attention';
import { portfolioOrderWorkflowId } from '../../workflows/messages';
import { heldOrder, terminate } from '../http/operations';
import { FAR_DEADLINES } from '../support/orders';
import { startTestStack, until } from '../support/stack';
import { closeTemporal, uniqueName } from '../support/temporal';

const ROOT = resolve(__dirname, '../..');
const TEXT = readFileSync(resolve(ROOT, 'docs/operations.md'), 'utf8');

/** Cells of the table below a heading, without its first two lines. */
function tableBelow(heading: string): string[][] {
  const [, below = ''] = TEXT.split(`${heading}\n`);
  const lines = below.slice(below.indexOf('\n|') + 1).split('\n');
  const end = lines.findIndex((line) => !line.startsWith('|'));
  return lines.slice(2, end).map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
}

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
        const steps = stepsFor(code as AttentionCode, { phase: 'TRACKED', reference: 'x' });
        for (const step of steps)
          expect([code, advice]).toEqual([code, expect.stringContaining(step.split(' ')[1] ?? '')]);
      }
    }
  });
});

describe('saved views', () => {
  const queries = new Map(
    tableBelow('### Saved views').map(([view = '', query = '']) => [view, query.slice(1, -1)]),
  );
  let stack: Stack;
  const untold = new Set(queries.keys());
  beforeAll(async () => {
    const soon = { askAfterMs: 600_000, attentionAfter: { ms: 1_500 } };
    stack = await startTestStack({ deadlines: { ...FAR_DEADLINES, new: soon } });
  });
  afterAll(async () => {
    await stack.stop();
    await closeTemporal();
  });

  /** Waits until the view finds exactly these, since the index is a moment behind. */
  async function expectFound(
    view: string,
    workflowIds: string[],
    like: [string, string] = ['', ''],
  ): Promise<void> {
    untold.delete(view);
    const query = `${(queries.get(view) ?? '').replace(...like)} AND TaskQueue = '${stack.config.orderTaskQueue}'`;
    let found: string[] = [];
    await until(
      `${view} to find them`,
      async () => {
        found = [];
        for await (const { workflowId } of stack.client.workflow.list({ query })) found.push(workflowId);
        return JSON.stringify([...new Set(found)].sort()) === JSON.stringify([...workflowIds].sort());
      },
      15_000,
    ).catch((error: unknown) => {
      expect([view, query, found.sort()]).toEqual([view, query, workflowIds.sort()]);
      throw error;
    });
  }
  const idOf = ({ portfolioOrderId }: PlacedOrder): string => portfolioOrderWorkflowId(portfolioOrderId);
  const placementOf = (reference: string): string => `placement/${reference}`;

  it('find what they say, and nothing else', async () => {
    const name = uniqueName('view');
    await unansweredPlacement(stack, `${name}-unknown`);
    const [troubled, paused, overdue, ended, cancelled, running, interrupted] = await Promise.all([
      troubledOrder(stack, `${name}-troubled`),
      pausedOrder(stack, `${name}-paused`),
      place(stack, `${name}-new`, { scenario: 'WAITS_IN_NEW' }),
      finishedOrder(stack, `${name}-mistrade`, { scenario: 'MISTRADE' }),
      finishedOrder(stack, `${name}-cancelled`, { scenario: 'PARTNER_CANCEL' }),
      runningOrder(stack, `${name}-running`),
      runningOrder(stack, `${name}-interrupted`),
      submit(stack, `${name}-refused`, { scenario: 'ACCOUNT_NOT_FOUND' }),
    ]);
    const large = await place(
      stack,
      `${name}-large`,
      { scenario: 'WAITS_IN_FILLED' },
      { cashAmount: '25000.00' },
    );
    await untilOrder(stack, overdue.reference, needs('NEW_OVERDUE'));
    await terminate(stack, interrupted.portfolioOrderId);
    const held = portfolioOrderWorkflowId(await heldOrder(stack));
    await parkedEvent(stack);
    const parked = await until('the event to be parked', async () => {
      const query = `WorkflowType = 'parkedEvent' AND TaskQueue = '${stack.config.orderTaskQueue}'`;
      for await (const { workflowId } of stack.client.workflow.list({ query })) return workflowId;
      return undefined;
    });

    const unknown = placementOf(`${name}-unknown`);
    const inNeed = [troubled, paused, overdue].map(idOf).concat(held);
    await expectFound('Needs somebody', [...inNeed, unknown, parked]);
    await expectFound('Orders that need somebody', inNeed);
    await expectFound('Overdue', [idOf(overdue)]);
    await expectFound('Trouble with ESW', [troubled, paused].map(idOf));
    await expectFound('Placements with unknown outcome', [unknown]);
    await expectFound('Placements refused by Upvest', [placementOf(`${name}-refused`)]);
    await expectFound('Parked events', [parked]);
    await expectFound('Late news of finished orders', []);
    await expectFound('Ended, and somebody should look', [idOf(ended)]);
    await expectFound('Ended from outside', [idOf(interrupted)]);
    await expectFound('Cancelled', [idOf(cancelled)]);
    await expectFound('Large and open', [idOf(large)]);
    await expectFound('Not placed here', [held]);
    await expectFound('Settlement due before', [paused, large].map(idOf));
    const both = [placementOf(running.reference), idOf(running)];
    await expectFound('One account', both, ['5b8e2c9d-41f7-4d6a-8e2b-9a7c3d5e6f01', running.accountId]);
    await expectFound('One reference', both, ['savings-1048', running.reference]);
    const id = running.portfolioOrderId;
    await expectFound("One id of Upvest's", both, ['2fd01fa8-4f0d-42e0-bee1-9753dc4eccde', id]);
    expect([...untold]).toEqual([]);
  });
});
