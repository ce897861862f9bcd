// @vitest-environment happy-dom
import type { Experiment, Outcomes } from '@keepwell/api';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { problem, type ApiServer } from '../testing/api-server';
import { session, workspaceAnswers } from '../testing/answers';
import { closePage, openPage } from '../testing/open-page';
import { caseItem, experiment, outcomes } from '../testing/outcomes';

let server: ApiServer;

afterEach(() => closePage(server));

async function open(found: Outcomes, path = '/outcomes') {
  server = await openPage(path, {
    ...workspaceAnswers,
    'GET /v1/outcomes': { body: found },
    'GET /v1/save-cases': { body: { items: [caseItem], next: null } },
  });
}

function withExperiment(changed: Partial<Experiment>): Outcomes {
  return { ...outcomes, experiments: [{ ...experiment, ...changed }] };
}

const shownSaved = {
  per_case: { amount: '4.20', amount_low: '1.00', amount_high: '7.40' },
  mrr: { amount: '2520.00', amount_low: '600.00', amount_high: '4440.00' },
  cost: '412.00',
  net: { amount: '2108.00', amount_low: '188.00', amount_high: '4028.00' },
  is_shown: true,
} as const;

test('while no effect is sure, no money is shown, and the interval says that no effect is inside', async () => {
  await open(outcomes);
  const section = await screen.findByRole('region', { name: 'Following up' });
  expect(within(section).getAllByText('Not enough yet')).toHaveLength(2);
  expect(await within(section).findByText('8.7 fewer (18.8 fewer to 1.4 more)')).toBeTruthy();
  expect(within(section).getByText('8.7 fewer (24.9 fewer to 7.5 more)')).toBeTruthy();
  expect(section.textContent).toContain('14 of 108 left, 13%');
  expect(section.textContent).not.toContain('$');
});

test('an effect that is sure has its money, less what the contacts cost', async () => {
  const found = withExperiment({ verdict: 'fewer_left', saved: shownSaved });
  await open({ ...found, contact_cost: '4.00' });
  const section = await screen.findByRole('region', { name: 'Following up' });
  expect(within(section).getByText('It works')).toBeTruthy();
  expect(section.textContent).toContain('$2,108.00');
  expect(section.textContent).toContain('95% interval, seen every month, $188.00 to $4,028.00');
  expect(section.textContent).toContain('$2,520.00 less $412.00 of cost');
  expect(section.textContent).toContain('The interval that may be seen every month gives the verdict.');
});

test('a split that is no chance is a warning, and nothing is concluded', async () => {
  const split = { held: 60, accounts: 214, p_value: 0.0001, is_mismatch: true };
  await open(withExperiment({ verdict: 'mismatch', split, saved: shownSaved }));
  expect(await screen.findByText('Split is off')).toBeTruthy();
  expect(screen.getByText('60 of 214 accounts are left alone')).toBeTruthy();
});

test('what a business of this size can see is said for each share, and only an owner chooses', async () => {
  await open(outcomes);
  const shares = await screen.findByRole('group', { name: 'Share left alone, for new cases only' });
  expect(
    within(shares).getByRole('radio', { name: /One in 5.*effects above 69%.*about 6 accounts a month/u }),
  ).toBeTruthy();
  expect(
    within(shares)
      .getByRole('radio', { name: /Half.*none would show/u })
      .matches(':checked'),
  ).toBe(true);
});

test('cases without a holdout can be compared with nothing, and the page says so', async () => {
  const without: Experiment = { ...experiment, held_share: 0, verdict: 'no_holdout', split: null };
  await open({ ...outcomes, experiments: [experiment, without] });
  expect(await screen.findByText(/can be compared with nothing/u)).toBeTruthy();
});

test('before the first case the page says who gets one, and why the newest list opened none', async () => {
  const enrolment = { ...outcomes.enrolment, state: 'inactivity' as const, visible: [] };
  await open({ ...outcomes, cases: 0, experiments: [], months: [], enrolment });
  await screen.findByText('No case yet');
  expect(document.body.textContent).toContain('The newest list is about inactivity');
  expect(document.body.textContent).toContain('first tenth of the voluntary list');
});

test('a failure names itself and offers to try again', async () => {
  server = await openPage('/outcomes', {
    ...workspaceAnswers,
    'GET /v1/outcomes': problem(503, 'The database does not answer.', 'Try again.'),
  });
  expect(await screen.findByText(/The database does not answer/u, {}, { timeout: 20_000 })).toBeTruthy();
}, 30_000);

test('the cases of a month and an outcome are asked for by the address', async () => {
  await open(outcomes, '/outcomes?month=2024-02&outcome=left');
  await screen.findByRole('table', { name: 'Cases' });
  expect(server.calls).toContainEqual(
    expect.stringMatching(/save-cases\?outcome=left&opened_from=2024-02-01&opened_to=2024-02-29/u),
  );
  expect(screen.queryByRole('link', { name: 'Export these cases' })).toBeNull();
  await userEvent.selectOptions(screen.getByRole('combobox', { name: 'Outcome' }), 'shrank');
  expect(window.location.search).toContain('outcome=shrank');
  // For who may not know who is left alone, arms are no filter.
  expect(screen.queryByRole('combobox', { name: 'Arm' })).toBeNull();
});

test('who may export gets the cases that are shown as a file', async () => {
  server = await openPage('/outcomes?month=2024-02&outcome=left', {
    ...workspaceAnswers,
    'GET /v1/session': { body: { ...session, permissions: ['read', 'export'] } },
    'GET /v1/outcomes': { body: outcomes },
    'GET /v1/save-cases': { body: { items: [caseItem], next: null } },
  });
  const link = await screen.findByRole('link', { name: 'Export these cases' });
  expect(link.getAttribute('href')).toBe(
    '/v1/save-cases.csv?outcome=left&opened_from=2024-02-01&opened_to=2024-02-29',
  );
});
