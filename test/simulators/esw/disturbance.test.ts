import { noCounts, orderEvent, postEvent, start, stopAll, token } from './fixtures';

afterEach(stopAll);

type Simulator = Awaited<ReturnType<typeof start>>;

/** Posts events of one order in sequence; returns the outcome of each. */
async function endings(simulator: Simulator, calls: number): Promise<string[]> {
  const authorization = `Bearer ${await token(simulator)}`;
  const ends: string[] = [];
  for (let call = 0; call < calls; call += 1) {
    const accepted = simulator.control.counts().accepted;
    const end = await postEvent(simulator, orderEvent('OrderPlaced', 'A'), { authorization }).then(
      ({ status }) => String(status),
      (error: unknown) => (error as { code: string }).code,
    );
    ends.push(simulator.control.counts().accepted > accepted ? `${end} stored` : end);
  }
  return ends;
}

function share(ends: readonly string[], fits: (end: string) => boolean): number {
  return ends.filter(fits).length / ends.length;
}

describe('a disturbance', () => {
  it('fails with the configured probabilities, before and after the effect, with every outcome', async () => {
    const simulator = await start();
    simulator.control.disturbEvents({ seed: 7, failBefore: 0.3, failAfter: 0.1 });
    const ends = await endings(simulator, 300);
    const before = (end: string) => /^(429|500|502|503|504|ECONNRESET)$/.test(end);
    const after = (end: string) => end === 'UND_ERR_SOCKET stored';
    expect(new Set(ends.filter(before))).toHaveProperty('size', 6);
    // Four standard deviations of 300 calls in both directions, so that any seed passes.
    expect(share(ends, before)).toBeGreaterThan(0.19);
    expect(share(ends, before)).toBeLessThan(0.41);
    expect(share(ends, after)).toBeGreaterThan(0.01);
    expect(share(ends, after)).toBeLessThan(0.14);
    expect(share(ends, (end) => before(end) || after(end) || end === '200 stored')).toBe(1);
    expect(simulator.control.counts()).toEqual({
      ...noCounts,
      accepted: ends.filter((end) => end.endsWith('stored')).length,
      dropped: ends.filter(after).length,
      faulted: ends.filter(before).length,
    });
  });

  it('makes the same decisions for the same seed, others for another seed', async () => {
    const run = async (seed: number) => {
      const simulator = await start();
      simulator.control.disturbEvents({ seed, failBefore: 0.3, failAfter: 0.2 });
      return endings(simulator, 40);
    };
    const [first, again, other] = [await run(1), await run(1), await run(2)];
    expect(again).toEqual(first);
    expect(other).not.toEqual(first);
  });

  it('restarts when it is set again, and ends when it is unset or faults are cleared', async () => {
    const simulator = await start();
    const disturbance = { seed: 3, failBefore: 0.5 };
    simulator.control.disturbEvents(disturbance);
    const first = await endings(simulator, 20);
    simulator.control.disturbEvents(disturbance);
    expect(await endings(simulator, 20)).toEqual(first);
    for (const end of ['disturbEvents', 'clearFaults'] as const) {
      simulator.control.disturbEvents({ seed: 1, failBefore: 1 });
      simulator.control[end]();
      expect(await endings(simulator, 1)).toEqual(['200 stored']);
    }
  });

  it('uses only the given outcomes, and yields to armed faults', async () => {
    const simulator = await start();
    simulator.control.disturbEvents({ seed: 1, failBefore: 1, outcomes: ['502'] });
    simulator.control.addFault({ kind: '403' });
    expect(await endings(simulator, 3)).toEqual(['403', '502', '502']);
    simulator.control.disturbEvents({ seed: 1, failAfter: 1 });
    simulator.control.addFault({ kind: '422', match: { reference: 'A' } });
    expect(await endings(simulator, 2)).toEqual(['422', 'UND_ERR_SOCKET stored']);
  });

  it.each([
    ['a share above 1', { seed: 1, failBefore: 1.1 }],
    ['a fractional seed', { seed: 0.5 }],
    ['no outcomes', { seed: 1, outcomes: [] }],
  ])('with %s is rejected', async (_case, disturbance) => {
    const simulator = await start();
    expect(() => {
      simulator.control.disturbEvents(disturbance);
    }).toThrow();
    expect(await endings(simulator, 1)).toEqual(['200 stored']);
  });
});
