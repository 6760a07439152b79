/** Draws frozen input, so that drawing cannot change it. */
import { timelineSvg } from '../../src/picture';
import { frozen } from '../domain/samples';
import { picturedOf, type Pictured } from './pictured-orders';
import type { OrderState } from '../../src/domain/order-state/state';

export const drawn = (state: OrderState): string => drawnOf(picturedOf(state));
export const drawnOf = ({ view, entries }: Pictured): string => timelineSvg(frozen(view), frozen(entries));
