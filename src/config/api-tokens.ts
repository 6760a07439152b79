/** The file of the API's bearer tokens: names, roles and hashes, never the tokens themselves. */
import { z } from 'zod';
import { ROLES, type Role } from '../app/roles';

export interface ApiToken {
  name: string;
  /** Several roles only where one caller may both place and operate. */
  role: Role | readonly Role[];
  /** Hex SHA-256 of the token. */
  sha256: string;
}

const role = z.enum(ROLES);
const isUnique = (values: readonly unknown[]): boolean => new Set(values).size === values.length;

/** The shape of `API_TOKENS_FILE`. */
const tokensSchema = z
  .array(
    z.strictObject({
      name: z.string().min(1),
      role: z.union([role, z.array(role).min(1).refine(isUnique)], {
        error: `must be one of ${ROLES.join(', ')}, or a list of them`,
      }),
      sha256: z.string().regex(/^[0-9a-f]{64}$/, 'must be 64 lower-case hex digits'),
    }),
  )
  .min(1, 'must have at least one token')
  // Otherwise the roles of a token would depend on the order of the entries.
  .refine((tokens) => isUnique(tokens.map(({ sha256 }) => sha256)), {
    error: 'lists a token twice; one entry can have several roles: "role": ["submit", "operate"]',
  });

/** @throws SyntaxError for text that is not JSON; Error with the invalid fields, without their values */
export function parseTokens(text: string): ApiToken[] {
  const parsed = tokensSchema.safeParse(JSON.parse(text));
  if (parsed.success) return parsed.data;
  const details = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'list'} ${issue.message}`);
  throw new Error(`must be a JSON list of { name, role, sha256 }: ${details.join('; ')}`);
}

/** Describes an error without Node's message, which would print a key that was set in place of its file. */
export function withoutValues(error: unknown): string {
  const { name, message, code, syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return `names a file that cannot be read (${code ?? syscall})`;
  return name === 'SyntaxError' ? 'names a file that is not JSON' : message;
}
