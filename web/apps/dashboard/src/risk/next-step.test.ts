import { expect, test } from 'vitest';

import { nextStep } from './next-step';

const contact = { name: 'Desk', email: 'desk+a@shop.example', phone: '+49 30 555-0123' };

test('who may leave by choice is called, and about a payment a mail is written', () => {
  expect(nextStep({ kind: 'voluntary', contact })).toEqual({ kind: 'call', href: 'tel:+49305550123' });
  expect(nextStep({ kind: 'involuntary', contact })).toEqual({
    kind: 'mail',
    href: 'mailto:desk%2Ba%40shop.example',
  });
});

test('the only way that is known is the next step, and without any the contact is to be found', () => {
  expect(nextStep({ kind: 'voluntary', contact: { ...contact, phone: null } }).kind).toBe('mail');
  expect(nextStep({ kind: 'involuntary', contact: { ...contact, email: null } }).kind).toBe('call');
  expect(nextStep({ kind: 'voluntary', contact: null })).toEqual({ kind: 'findContact' });
});
