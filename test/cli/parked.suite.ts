/** Parked events from the command line, over the API. */
import { randomUUID } from 'node:crypto';
import type { Stack } from '../../demo/stack';
import type { ParkedPage } from '../../src/cli/client/orders-client';
import { newEvent } from '../http/webhooks';
import { until } from '../support/stack';
import { runInProcess } from './in-process';
import type { Ended } from './processes';

export function parkedSuite(stack: () => Stack): void {
  const cli = (args: string[], token: string): Promise<Ended> =>
    runInProcess(['parked', ...args], { PORTFOLIO_ORDERS_URL: stack().url, PORTFOLIO_ORDERS_TOKEN: token });

  it('are listed, shown, tried again and discarded', async () => {
    const { read, operate } = stack().tokens;
    const event = newEvent('NEWS.UNHEARD_OF', { id: randomUUID() });
    await stack().upvest.control.sendRaw({ events: [event] });
    const id = await until('the event in the index', async () => {
      const { stdout } = await cli(['list', '--json'], read);
      return (JSON.parse(stdout) as ParkedPage).events.find(({ id }) => id.startsWith(event.id))?.id;
    });
    const listed = await cli(['list', '--reason', 'UNKNOWN_TYPE', '--limit', '5'], read);
    expect(listed).toMatchObject({ code: 0, stderr: '' });
    const row = listed.stdout.split('\n').find((line) => line.includes(id)) ?? '';
    expect(
      row
        .split('│')
        .map((cell) => cell.trim())
        .slice(1, 4),
    ).toEqual([id, 'UNKNOWN_TYPE', 'OPEN']);
    // Nothing else in this stack is unreadable.
    expect((await cli(['list', '--reason', 'UNREADABLE'], read)).stdout).toBe('No parked events.\n');

    const forbidden = await cli(['show', id], read);
    expect(forbidden.code).toBe(1);
    expect(forbidden.stderr).toMatch(/^FORBIDDEN: .*operate/);
    const shown = await cli(['show', id, '--json'], operate);
    expect(JSON.parse(shown.stdout)).toMatchObject({ id, reason: 'UNKNOWN_TYPE', state: 'OPEN' });

    const why = ['--reason', 'of no use'];
    const tried = await cli(['retry', id, ...why, '--json'], operate);
    expect(tried.code).toBe(1);
    expect(JSON.parse(tried.stdout)).toMatchObject({ outcome: 'kept' });
    const discarded = await cli(['discard', id, ...why], operate);
    expect(discarded).toMatchObject({ code: 0, stderr: '' });
    expect(discarded.stdout).toBe('Discarded by demo-operate: of no use\n');
    expect((await cli(['retry', id, ...why], operate)).code).toBe(5);
  });
}
