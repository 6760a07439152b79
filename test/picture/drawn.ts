/** Drawing does not change what is drawn. */
import type { OrderLife } from '../../src/domain/order-life';
import { timelineSvg } from '../../src/picture';
import { frozen } from '../domain/samples';
import { picturedOf, type Pictured } from './pictured-lives';

export const drawn = (life: OrderLife): string => drawnOf(picturedOf(life));
export const drawnOf = ({ view, entries }: Pictured): string => timelineSvg(frozen(view), frozen(entries));
