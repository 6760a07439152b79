/** A small run; test/soak/order-event-orders.test.ts is the full one. */
import { orderEventInvariants } from './generated-orders';

orderEventInvariants(0.25);
