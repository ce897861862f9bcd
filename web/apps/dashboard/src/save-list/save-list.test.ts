import { expect, test } from 'vitest';

import { saveList, saveListItem } from '../testing/answers';
import { joinPages, totalOf } from './save-list';

test('the totals are those of the whole list, not of the loaded rows', () => {
  const totals = {
    ...saveList.totals,
    voluntary: 23,
    involuntary: 8,
    voluntary_at_risk: '100.10',
    involuntary_at_risk: '0.20',
  } as const;
  const list = joinPages([{ ...saveList, totals, items: [saveListItem] }]);
  expect(list && totalOf(list, undefined)).toEqual({ accounts: 31, atRisk: '100.30' });
  expect(list && totalOf(list, 'involuntary')).toEqual({ accounts: 8, atRisk: '0.20' });
});
