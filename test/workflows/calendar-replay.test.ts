/**
 * Closed days and time zone rules decide when an order is reconciled and flagged. An order takes those of its start along, so
 * a release with other ones replays its history.
 */
import { readFileSync } from 'node:fs';
import { Worker } from '@temporalio/worker';
import { stages } from '../support/observations';
import { startStubWorker, type StubWorker } from '../support/stub-worker';
import { closeTemporal, testBundle } from '../support/temporal';
import { placeOrder, showing } from '../support/tracked-order';
import { bundledCalendar, type TradingCalendar } from '../../src/domain/calendar/trading-calendar';

let worker: StubWorker;
beforeAll(async () => {
  worker = await startStubWorker();
});
afterAll(async () => {
  await worker.stop();
  await closeTemporal();
});

const calendar = bundledCalendar();
const uncovered: TradingCalendar = { closedDays: { TARGET: {}, LONDON: {} }, offsets: calendar.offsets };

/** The bundle as if its calendar covered nothing and its time zone data were gone. */
function elsewhere(): { code: string } {
  const code = readFileSync(testBundle().codePath, 'utf8');
  const changed = code
    .replace(/(TARGET: \{)\s*2025: \[/, '$1 1925: [')
    .replaceAll(/\b20(2[5-9]|3[0-5]): \['/g, "19$1: ['")
    .replaceAll('new Intl.DateTimeFormat', 'new Intl.Gone');
  expect(changed).not.toMatch(/\b2026: \['/);
  expect(changed).toContain('Intl.Gone');
  return { code: changed };
}

it.each<[string, TradingCalendar, string[]]>([
  ['covered', calendar, []],
  ['not covered', uncovered, ['CALENDAR_UNCOVERED']],
])(
  'an order in a year that was %s replays with another calendar and time zone data (14.11)',
  async (_what, its, codes) => {
    const tracked = await placeOrder(worker, { deadlines: { calendar: its, quietMs: 0 } });
    const { order, broker } = tracked;
    showing(tracked, 'FILLED');
    await order.deliver(...stages(broker).PROCESSING, ...stages(broker).FILLED);
    await order.viewWhen('the deadline', ({ attention, waits }) => {
      return waits.some(({ rule }) => rule === 'deadline:settlement') && attention.join() === codes.join();
    });
    await order.deliver(...stages(broker).SETTLED);
    await order.handle.result();
    const history = await order.handle.fetchHistory();
    await Worker.runReplayHistory({ workflowBundle: testBundle() }, history, order.workflowId);
    await Worker.runReplayHistory({ workflowBundle: elsewhere() }, history, order.workflowId);
  },
);
