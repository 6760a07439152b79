/** Histories as files: Temporal's own messages, as readable and comparable JSON. */
import { temporal } from '@temporalio/proto';

type History = temporal.api.history.v1.IHistory;
const messages = temporal.api.history.v1.History;

export function toJson(history: History): string {
  const plain = messages.toObject(messages.fromObject(history), {
    longs: String,
    enums: String,
    bytes: String,
  });
  return `${JSON.stringify(plain, undefined, 1)}\n`;
}

export function fromJson(text: string): History {
  return messages.fromObject(JSON.parse(text) as object);
}
