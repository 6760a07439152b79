/** The state of an order as `orders.saved_state` has it: compressed text that names its encoding. */
import type { PortfolioOrderSettings } from '../../../contracts/portfolio-order';
import type { OrderState } from '../../domain/order-state/state';
import { deflate, inflate } from '../../lib/deflate';

export interface StateAndSettings {
  state: OrderState;
  settings: PortfolioOrderSettings;
}

const ENCODING = 'deflate+base64';

/** Without the user id, which is never stored. */
export function withoutUserId(state: OrderState): OrderState {
  if (state.placed?.userId === undefined) return state;
  const { userId: _, ...placed } = state.placed;
  return { ...state, placed };
}

export async function encodeSaved({ state, settings }: StateAndSettings): Promise<string> {
  const data = await deflate(Buffer.from(JSON.stringify({ state, settings })));
  return JSON.stringify({ encoding: ENCODING, data: data.toString('base64') });
}

/** @throws Error for an encoding of a later version */
export async function decodeSaved(text: string): Promise<StateAndSettings> {
  const { encoding, data } = JSON.parse(text) as { encoding: string; data: string };
  if (encoding !== ENCODING) throw new Error(`This version cannot read states that are saved as ${encoding}`);
  const json = await inflate(Buffer.from(data, 'base64'));
  return JSON.parse(json.toString('utf8')) as StateAndSettings;
}
