/** Forbids `const { page } = texts`: taken apart, the words of every page are loaded. */
export const wholeTexts = {
  meta: {
    type: 'problem',
    schema: [],
    messages: { apart: 'Read `texts.page`: taken apart, the words of every page are loaded.' },
  },
  create(context) {
    return {
      VariableDeclarator(node) {
        if (node.id.type === 'ObjectPattern' && node.init?.name === 'texts') {
          context.report({ node, messageId: 'apart' });
        }
      },
    };
  },
};
