import { closeTemporal } from './temporal';
import { quietMonday, startTimeSkipping, type TimeSkipping } from './time-skipping';
import { areOrdersOpen } from './tracked-order';

/**
 * The time-skipping server of a test file. Each test begins on a Monday without holidays nearby, 10:00 in Berlin, and ends
 * its orders. After a failed test the next one gets a new server, since its open orders would proceed as time passes.
 *
 * A test that fails is run once more: under load this server (not the real one) now and then loses a workflow task, and the order
 * stands still. A fault of ours fails both times, or a test on the real server.
 */
export function useTimeSkipping(): () => TimeSkipping {
  jest.retryTimes(1, { logErrorsBeforeRetry: true });
  let time: TimeSkipping | undefined;
  beforeEach(async () => {
    time ??= await startTimeSkipping();
    await time.passUntil(quietMonday(await time.now()));
  });
  afterEach(async () => {
    if (!(await areOrdersOpen())) return;
    await time?.stop();
    time = undefined;
  });
  afterAll(async () => {
    await time?.stop();
    await closeTemporal();
  });
  return () => {
    if (time === undefined)
      throw new Error('The server is started before tests, not while they are declared.');
    return time;
  };
}
