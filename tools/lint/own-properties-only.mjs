/**
 * Forbids `table[name]` where any text may be the name: `constructor`, `toString` and `__proto__` are found in every object.
 * `own` (src/domain/values/own.ts) finds the table's own members only; a `Map` has no others.
 */
import { ESLintUtils } from '@typescript-eslint/utils';
import ts from 'typescript';

export const ownPropertiesOnly = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { inherited: 'Any text may be this name, also `constructor`: use own(table, name), or a Map.' },
  },
  create(context) {
    const services = ESLintUtils.getParserServices(context);

    /** Text that is not limited to known names. A type parameter is: its caller limits it. */
    const isAnyText = (type) =>
      type.isUnion()
        ? type.types.some(isAnyText)
        : (type.flags & ts.TypeFlags.String) !== 0 || (type.flags & ts.TypeFlags.TemplateLiteral) !== 0;

    return {
      MemberExpression(node) {
        const isWritten = node.parent.type === 'AssignmentExpression' && node.parent.left === node;
        if (!node.computed || isWritten) return;
        if (isAnyText(services.getTypeAtLocation(node.property)))
          context.report({ node, messageId: 'inherited' });
      },
    };
  },
};
