/** The example that ESW's integrators read is what the code sends. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { exampleOrder } from '../../tools/docs/example-order';
import { renderFulfilmentExample, renderFulfilmentExampleJson } from '../../tools/docs/fulfilment-example';
import { wireOrderEventSchema } from '../../src/esw/published/schema';

interface Body {
  id: string;
  brandOrderReference: string;
  parentBrandOrderReference?: string;
  status: string;
  balances: { balancesInCurrency: { charges: { name: string; value: { amount: number } }[] }[] };
}

const bodies = exampleOrder()
  .flatMap(({ sent }) => sent)
  .map(({ body }) => JSON.parse(body) as Body);
const own = bodies.filter(({ parentBrandOrderReference }) => parentBrandOrderReference === undefined);

it.each([
  ['fulfilment-example.md', renderFulfilmentExample],
  ['fulfilment-example.json', renderFulfilmentExampleJson],
])('docs/%s is up to date; if not, run npm run docs', (name, render) => {
  expect(readFileSync(join(__dirname, '../../docs', name), 'utf8')).toBe(render());
});

it('the file has the bodies as they are sent', () => {
  const steps = JSON.parse(renderFulfilmentExampleJson()) as { events: unknown[] }[];
  expect(steps.flatMap(({ events }) => events)).toEqual(bodies);
});

it('the document stays short', () => {
  expect(renderFulfilmentExample().split('\n').length).toBeLessThan(300);
});

it('is complete: four events of the portfolio order, three of each child, two of each execution', () => {
  expect(own.map(({ status }) => status)).toEqual(['Created', 'Confirmed', 'Fulfilled', 'Settled']);
  expect(bodies).toHaveLength(4 + 2 * 3 + 2 * 2);
  expect(new Set(bodies.map(({ id }) => id)).size).toBe(bodies.length);
  expect(bodies[0]).toBe(own[0]);
  expect(bodies.at(-1)).toBe(own.at(-1));
});

it('ends with everything paid', () => {
  const charges = own.at(-1)?.balances.balancesInCurrency[0]?.charges;
  expect(charges?.map(({ name, value }) => [name, value.amount])).toEqual([
    ['Ordered', 500],
    ['Executed', 499.97],
    ['Settled', 499.97],
    ['BalanceDue', 0],
  ]);
});

it('is what the schema of the wire takes', () => {
  for (const body of bodies) expect(wireOrderEventSchema.safeParse(body)).toMatchObject({ success: true });
});
