import { expect, test } from 'vitest';

import { texts } from '../../index';
import { aMonth, counted } from './counted';

test('one of something is singular, and a rate that rounds to none is not none', () => {
  expect([counted('1', 'contact'), counted('0', 'contact'), counted('2,000', 'contact')]).toEqual([
    '1 contact',
    '0 contacts',
    '2,000 contacts',
  ]);
  expect(counted(1, 'delivery is', 'deliveries are')).toBe('1 delivery is');
  expect([aMonth('0', 'case'), aMonth('1', 'case'), aMonth('12', 'case')]).toEqual([
    'fewer than one case a month',
    'about 1 case a month',
    'about 12 cases a month',
  ]);
});

test('texts that take a number say one as one, and a period of one day as a day', () => {
  const said = [
    texts.outcomes.decided('1', '1'),
    texts.outcomes.unknownCases('1'),
    texts.outcomes.split('1', '1'),
    texts.outcomes.without('1', 'Nov 30', 'Nov 30'),
    texts.outcomes.period('Nov 30', 'Nov 30'),
    texts.outcomes.visible.rate('1'),
    texts.outcomes.visible.unhelped('1'),
    texts.outcomes.people.contacts('1'),
    texts.outcomes.people.crossovers('1'),
    texts.today.leftAlone('1'),
    texts.today.rowsRead('1'),
    texts.saveList.atRiskIn('$1', '1'),
    texts.saveList.leftAlone.title('1'),
    texts.cases.contacts(1),
    texts.account.charges('1'),
    texts.account.seats('1'),
    texts.listLabels.these('1'),
    texts.listLabels.subscription.expected('1', '1'),
  ];
  for (const sentence of said) {
    expect(sentence).not.toMatch(
      /\b1 (?:accounts|cases|contacts|charges|seats|rows|departures|are|were|have)\b|Nov 30 to Nov 30/u,
    );
  }
});
