/** The help of `npm start` shows defaults as its parser takes them. */
import { demoCommand } from '../../demo/options';

/** What the help shows as default, by option. */
function shownDefaults(): [flag: string, shown: string][] {
  const help = demoCommand().configureHelp({ helpWidth: 1_000 }).helpInformation();
  return [...help.matchAll(/^ +(--[\w-]+) <.*\(default: (.*)\)$/gm)].map(([, flag = '', shown = '']) => [
    flag,
    shown,
  ]);
}

function parsed(...args: string[]): unknown {
  const command = demoCommand()
    .exitOverride()
    .configureOutput({ writeErr: () => undefined });
  return command.parse(args, { from: 'user' }).opts();
}

it('names a default for every option with a value', () => {
  expect(shownDefaults()).toEqual([
    ['--children', '5'],
    ['--settle-after', '3s'],
    ['--amount', '1000.00'],
    ['--port', '3000'],
  ]);
});

it.each(shownDefaults())('takes the default of %s as it shows it: %s', (flag, shown) => {
  expect(parsed(flag, shown)).toEqual(parsed());
});

it('takes times in either unit, and no bare number', () => {
  expect(parsed('--settle-after', '3000ms')).toEqual(parsed());
  expect(parsed('--settle-after', '10s')).toMatchObject({ settleAfter: 10_000 });
  expect(() => parsed('--settle-after', '3000')).toThrow('500ms or 3s');
});

it('refuses options of the sample order together with the scene', () => {
  expect(parsed('--scene', '--once')).toMatchObject({ scene: true, once: true });
  for (const args of [
    ['--children', '5'],
    ['--settle-after', '3s'],
    ['--amount', '1000.00'],
  ])
    expect(() => parsed('--scene', ...args)).toThrow('cannot be used with');
});
