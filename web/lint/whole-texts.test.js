import { expect, test } from 'vitest';

import { wholeTexts } from './whole-texts.js';

/** Whether the rule reports `const ID = NAME`. */
function reports(id, name) {
  const reported = [];
  const visitor = wholeTexts.create({ report: (problem) => reported.push(problem.messageId) });
  visitor.VariableDeclarator({ id: { type: id }, init: name === null ? null : { type: 'Identifier', name } });
  return reported.length > 0;
}

test('texts that are taken apart are reported, and one page of them is not', () => {
  expect(reports('ObjectPattern', 'texts')).toBe(true);
  expect(reports('Identifier', 'texts')).toBe(false);
  expect(reports('ObjectPattern', 'page')).toBe(false);
  expect(reports('Identifier', null)).toBe(false);
});
