/**
 * Size limits of events. ESW has published none, so these are our own (references/esw.md#limits): 200 line items,
 * 256 KiB of body, 256 characters of text.
 *
 * - Only free text is truncated. A truncated id would identify something else, so an event with an overlong one is not built.
 * - Lists that are too long are omitted entirely, and the metadata contains their length.
 */
import { orNothing, type NameValue, type OrderEventBody } from './body';

const MAX_LINE_ITEMS = 200;
const MAX_BYTES = 256 * 1024;
const MAX_TEXT = 256;
const MAX_COMMENT = 2000;

/** Thrown when an id or another text that must not be truncated is too long to be sent. */
export class OverlongTextError extends Error {
  override readonly name = 'OverlongTextError';
  constructor(
    /** Path of the member. */
    readonly member: string,
    readonly length: number,
  ) {
    super(`${member} has ${length} characters, the maximum is ${MAX_TEXT}`);
  }
}

/** Omits line items and the ids of children where there are too many. */
export function withCountedChildren(body: OrderEventBody): OrderEventBody {
  return (body.lineItems?.length ?? 0) > MAX_LINE_ITEMS ? withoutLineItems(body) : body;
}

/** @throws OverlongTextError when a text that must not be truncated is too long. */
export function withinLimits(body: OrderEventBody): OrderEventBody {
  const short = withShortTexts(withCountedChildren(body));
  requireShortTexts(short, '');
  // Least important first: ids of children, then transactions that the balances sum up, then steps of executions.
  const omissions = [withoutLineItems, withoutFinancialTransactions, withoutExecutionSteps];
  return omissions.reduce((whole, omit) => (isTooLarge(whole) ? omit(whole) : whole), short);
}

function withoutLineItems(body: OrderEventBody): OrderEventBody {
  const { lineItems = [], aggregateIds } = body;
  // An event about a child has one line item and no ids of siblings.
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

/** Omits the steps of executions, except the one that the event reports. */
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
      value: name === 'CancellationReason' ? truncated(value, MAX_TEXT) : value,
    })),
    comments: orNothing(comments.map((one) => ({ ...one, text: truncated(one.text, MAX_COMMENT) }))),
    orderTransactions: orderTransactions.map((one) => ({
      ...one,
      // A blank reason is not sent.
      reason: one.reason ? truncated(one.reason, MAX_TEXT) : undefined,
    })),
  };
}

/** The first `max` UTF-16 code units, without half of a surrogate pair at the end. */
function truncated(text: string, max: number): string {
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
  // A code unit takes at most three bytes, so most bodies need no count.
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
