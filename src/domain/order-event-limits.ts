/**
 * ESW has published no limits, so these are our own (`esw-order-event.md` 5): 200 line items, 256 KiB of body, 256
 * characters of text.
 *
 * - Free text is cut. Nothing else is: an id that is changed names something else, so such an event is not built.
 * - Lists that are too long are left out as a whole, and the metadata says how long they were.
 */
import { orNothing, type NameValue, type OrderEventBody } from './order-event-body';

const MAX_LINE_ITEMS = 200;
const MAX_BYTES = 256 * 1024;
const MAX_TEXT = 256;
const MAX_COMMENT = 2000;

/** Thrown when an id or a word is too long to be sent; it is not cut, for that would change what it names. */
export class OverlongTextError extends Error {
  override readonly name = 'OverlongTextError';
  constructor(
    /** The member that holds it. */
    readonly member: string,
    readonly length: number,
  ) {
    super(`${member} has ${length} characters, ESW is sent at most ${MAX_TEXT}`);
  }
}

/** Leaves out line items and the ids of children where there are too many of them. */
export function withCountedChildren(body: OrderEventBody): OrderEventBody {
  return (body.lineItems?.length ?? 0) > MAX_LINE_ITEMS ? withoutLineItems(body) : body;
}

/** @throws OverlongTextError when a text that must not be cut is too long. */
export function withinLimits(body: OrderEventBody): OrderEventBody {
  const short = withShortTexts(withCountedChildren(body));
  requireShortTexts(short, '');
  // What ESW can do without comes first: ids of children, then what the balances add up, then the steps of executions.
  const omissions = [withoutLineItems, withoutFinancialTransactions, withoutExecutionSteps];
  return omissions.reduce((whole, omit) => (isTooLarge(whole) ? omit(whole) : whole), short);
}

function withoutLineItems(body: OrderEventBody): OrderEventBody {
  const { lineItems = [], aggregateIds } = body;
  // A child's own event has one line item and no list of siblings.
  if (lineItems.length < 2) return body;
  return {
    ...body,
    aggregateIds: aggregateIds.filter(({ name }) => !/^OrderId-\d+$/.test(name)),
    metadataItems: withOmitted(body, 'LineItems', lineItems.length),
    lineItems: undefined,
  };
}

function withoutFinancialTransactions(body: OrderEventBody): OrderEventBody {
  const { financialTransactions = [] } = body;
  if (financialTransactions.length === 0) return body;
  const metadataItems = withOmitted(body, 'FinancialTransactions', financialTransactions.length);
  return { ...body, metadataItems, financialTransactions: undefined };
}

/** The steps of executions in the list of their order; what the event reports stays. */
function withoutExecutionSteps(body: OrderEventBody): OrderEventBody {
  const { orderTransactions: all, lastTransaction } = body;
  const kept = all.filter(({ id, type }) => !type.startsWith('Execution') || id === lastTransaction.id);
  if (kept.length === all.length) return body;
  const metadataItems = withOmitted(body, 'OrderTransactions', all.length - kept.length);
  return { ...body, metadataItems, orderTransactions: kept };
}

function withOmitted({ metadataItems }: OrderEventBody, list: string, count: number): NameValue[] {
  return [...metadataItems, { name: `${list}Omitted`, value: String(count) }];
}

function withShortTexts(body: OrderEventBody): OrderEventBody {
  const { metadataItems, comments = [], orderTransactions } = body;
  return {
    ...body,
    metadataItems: metadataItems.map(({ name, value }) => ({
      name,
      value: name === 'CancellationReason' ? cut(value, MAX_TEXT) : value,
    })),
    comments: orNothing(comments.map((one) => ({ ...one, text: cut(one.text, MAX_COMMENT) }))),
    orderTransactions: orderTransactions.map((one) => ({
      ...one,
      // A blank is no reason.
      reason: one.reason ? cut(one.reason, MAX_TEXT) : undefined,
    })),
  };
}

/** At most so many UTF-16 code units, and no half of a surrogate pair at the end. */
function cut(text: string, max: number): string {
  return text.slice(0, max).replace(/[\ud800-\udbff]$/, '');
}

function requireShortTexts(value: unknown, member: string): void {
  if (typeof value === 'string') {
    if (value.length > MAX_TEXT && member !== 'comments.text')
      throw new OverlongTextError(member, value.length);
  } else if (Array.isArray(value)) {
    for (const item of value) requireShortTexts(item, member);
  } else if (typeof value === 'object' && value !== null) {
    for (const [name, inner] of Object.entries(value))
      requireShortTexts(inner, member === '' ? name : `${member}.${name}`);
  }
}

function isTooLarge(body: OrderEventBody): boolean {
  const text = JSON.stringify(body);
  // No code unit takes more than three bytes.
  return text.length * 3 > MAX_BYTES && utf8Length(text) > MAX_BYTES;
}

function utf8Length(text: string): number {
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    length += code < 0x80 ? 1 : code < 0x800 ? 2 : code < 0x10000 ? 3 : 4;
  }
  return length;
}
