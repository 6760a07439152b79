/** Error bodies of ESW's services, distinguished by their shape (references/esw.md#answers). */
import { z } from 'zod';
import { parseJson } from '../lib/json';
import { bodyKind, wordsOf, type AnswerBody, type BodyKind } from '../partners/answer-body';

export type EswErrorBody =
  /** ASP.NET ProblemDetails; keys of `errors` are PascalCase property names. */
  | { shape: 'problem'; title: string; detail: string; errors: Record<string, string[]>; traceId: string }
  /** ESW's shared middleware. */
  | { shape: 'parameters'; message: string; parameters: { name: string; description: string }[] }
  | { shape: 'message'; message: string }
  /** ESW's Order API. */
  | { shape: 'codes'; errors: { code: number; message: string }[] }
  /** Beginning of a gateway's HTML or text: its words on one line. */
  | { shape: 'text'; text: string }
  | { shape: 'empty' };

const EXCERPT_CHARACTERS = 500;

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? '');
const messages = z.union([z.array(z.string()), z.string().transform((message) => [message])]);

const bodySchema = z.union([
  z
    .array(z.object({ code: z.number(), message: text }))
    .min(1)
    .transform((errors) => ({ shape: 'codes' as const, errors })),
  z
    .object({ Parameters: z.array(z.object({ Name: text, Description: text })), Message: text })
    .transform(({ Parameters, Message }) => ({
      shape: 'parameters' as const,
      message: Message,
      parameters: Parameters.map(({ Name, Description }) => ({ name: Name, description: Description })),
    })),
  z
    .object({ Message: z.string() })
    .transform(({ Message }) => ({ shape: 'message' as const, message: Message })),
  z
    .object({ title: text, detail: text, errors: z.record(z.string(), messages).nullish(), traceId: text })
    .refine(
      ({ title, detail, errors }) =>
        title !== '' || detail !== '' || (errors !== null && errors !== undefined),
    )
    .transform(({ errors, ...problem }) => ({ shape: 'problem' as const, ...problem, errors: errors ?? {} })),
]);

/** Parses an error body; never throws. */
export function readErrorBody(body: string): EswErrorBody {
  const trimmed = body.trim();
  if (trimmed === '') return { shape: 'empty' };
  const parsed = bodySchema.safeParse(parseJson(trimmed));
  if (parsed.success) return parsed.data;
  const text = wordsOf(trimmed, EXCERPT_CHARACTERS);
  return text === '' ? { shape: 'empty' } : { shape: 'text', text };
}

/** What the body of an answer can be: ESW's errors have one of the forms above. */
export function errorBodyKind(answer: AnswerBody): BodyKind {
  return bodyKind(answer, (body) => bodySchema.safeParse(body).success);
}

/** One sentence for messages and logs. */
export function describeErrorBody(body: EswErrorBody): string {
  switch (body.shape) {
    case 'problem': {
      const fields = Object.entries(body.errors).map(([name, reasons]) => `${name}: ${reasons.join(' ')}`);
      return inSentences([body.title, body.detail, ...fields]);
    }
    case 'parameters':
      return inSentences([
        body.message,
        ...body.parameters.map(({ name, description }) => `${name}: ${description}`),
      ]);
    case 'message':
      return body.message;
    case 'codes':
      return body.errors.map(({ code, message }) => `${code} ${message}`).join('; ');
    case 'text':
      return body.text;
    case 'empty':
      return 'no body';
  }
}

/** Some parts already end with a full stop. */
function inSentences(parts: string[]): string {
  return parts
    .filter((part) => part !== '')
    .join('. ')
    .replace(/([.!?])\. /g, '$1 ');
}
