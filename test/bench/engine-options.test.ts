import { engineCommand, streamsOf, type EngineOptions } from '../../bench/engine/options';

function parsed(...args: string[]): EngineOptions {
  return engineCommand().parse(args, { from: 'user' }).opts<EngineOptions>();
}

/** What the user reads. */
function refusal(...args: string[]): string {
  const said: string[] = [];
  const command = engineCommand()
    .exitOverride()
    .configureOutput({ writeErr: (text) => said.push(text) });
  expect(() => command.parse(args, { from: 'user' })).toThrow();
  return said.join('');
}

it('has the workload of the comparison by default', () => {
  expect(parsed()).toEqual({
    orders: 60,
    warmUp: 20,
    open: 0,
    children: 10,
    requests: 8,
    atOnce: 20,
    partnerLatency: 0,
    rounds: 5,
    stream: 'both',
  });
});

it('reads every option', () => {
  const text =
    '--orders 4 --warm-up 0 --open 7 --children 2 --requests 3 --at-once 5 --partner-latency 200ms --rate 2.5';
  expect(
    parsed(...text.split(' '), '--rounds', '1', '--stream', 'orders', '--json', '--cpu-prof', 'here'),
  ).toEqual({
    orders: 4,
    warmUp: 0,
    open: 7,
    children: 2,
    requests: 3,
    atOnce: 5,
    partnerLatency: 200,
    rate: 2.5,
    rounds: 1,
    stream: 'orders',
    json: true,
    cpuProf: 'here',
  });
});

it.each([
  [['--orders', '0'], 'from 1 to 100000'],
  [['--orders', '1.5'], 'from 1 to 100000'],
  [['--open', '1'], 'at least 2'],
  [['--children', '501'], 'from 1 to 500'],
  [['--partner-latency', '200'], 'a duration such as 500ms'],
  [['--rate', '0'], 'above 0'],
  [['--rate', '1e3'], 'above 0'],
  [['--stream', 'executions'], 'Allowed choices are portfolio, orders, both'],
  [['twice'], 'too many arguments'],
])('refuses %j and says what to enter', (args, words) => {
  expect(refusal(...args)).toContain(words);
});

it('measures both streams, or the one that is named', () => {
  expect(streamsOf({ stream: 'both' })).toEqual(['portfolio', 'orders']);
  expect(streamsOf({ stream: 'orders' })).toEqual(['orders']);
});
