import { expect, test } from 'vitest';

import { charge } from '../testing/answers';

import { paidByCurrency, receivedOf } from './PaidFigure';

const invoice = {
  currency: 'USD',
  amount_paid: '412.00',
  amount_refunded: '12.00',
} as const;

test('what was paid is less what went back, and currencies are never added up', () => {
  const francs = { ...invoice, currency: 'CHF', amount_paid: '50.10', amount_refunded: '0.00' } as const;
  expect(paidByCurrency([francs, invoice, invoice], 'USD')).toEqual([
    ['USD', '800.00'],
    ['CHF', '50.10'],
  ]);
});

test('money of charges counts as that of invoices', () => {
  const refunded = { ...charge, amount_refunded: '10.00' } as const;
  expect(paidByCurrency(receivedOf({ invoices: [], charges: [refunded, refunded] }), 'USD')).toEqual([
    ['USD', '40.00'],
  ]);
});

test('an account that never paid in its own currency shows what it did pay', () => {
  expect(paidByCurrency([invoice], 'EUR')).toEqual([['USD', '400.00']]);
});
