/** `docs/order-event.schema.json`, from the schema of the code. A test fails when the two differ. */
import { orderEventJsonSchema } from '../../src/esw/published/json-schema';

/** The whole document, with a line break at its end. */
export function renderOrderEventSchema(): string {
  return `${JSON.stringify(orderEventJsonSchema(), null, 2)}\n`;
}
