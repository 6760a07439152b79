import { closeTemporal } from './temporal';
import { quietMonday, startTimeSkipping, type TimeSkipping } from './time-skipping';
import { areOrdersOpen } from './tracked-order';

/**
 * The time-skipping server of a test file. Each test begins on a Monday without holidays nearby, 10:00 in Berlin, and ends
 * its orders. After a failed test the next one gets a new server, since its open orders would proceed as time passes.
 */
export function useTimeSkipping(): () => TimeSkipping {
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
