// @vitest-environment happy-dom
import type { ModelWithReport } from '@keepwell/api';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { workspaceAnswers } from '../testing/answers';
import type { ApiServer } from '../testing/api-server';
import { reportedModel } from '../testing/models';
import { closePage, openPage } from '../testing/open-page';

let server: ApiServer;

afterEach(() => closePage(server));

async function openModel(model: ModelWithReport, search = '') {
  server = await openPage(`/models/3${search}`, {
    ...workspaceAnswers,
    'GET /v1/churn/models/3': { body: model },
  });
}

test('before the first training the page names the command', async () => {
  server = await openPage('/models', {
    ...workspaceAnswers,
    'GET /v1/churn/models': { body: { items: [], next: null } },
  });
  await screen.findByText('No model yet');
  expect(document.body.textContent).toContain('./keepwell churn train');
});

test('the list says which model makes the lists, and why another one is kept aside', async () => {
  const challenger = {
    ...reportedModel,
    version: 4,
    standing: 'challenger' as const,
    standing_why: 'It is scored every night beside model 3.',
    as_of: null,
    revenue_at_risk: null,
  };
  server = await openPage('/models', {
    ...workspaceAnswers,
    'GET /v1/churn/models': { body: { items: [challenger, reportedModel], next: null } },
  });
  const row = await screen.findByRole('row', { name: /Model 4/u });
  expect(row.textContent).toContain('Challenger: kept aside');
  expect(row.textContent).toContain('none yet');
  expect(screen.getByRole('row', { name: /Model 3/u }).textContent).toContain(
    'Champion: makes the save lists',
  );
  expect(screen.getByText(/It is scored every night beside model 3/u)).toBeTruthy();
});

test('a test that is suspect is praised neither in the list of models nor on the page of its own', async () => {
  const suspect = { ...reportedModel, signal: 'suspect' as const };
  server = await openPage('/models', {
    ...workspaceAnswers,
    'GET /v1/churn/models': { body: { items: [suspect], next: null } },
    'GET /v1/churn/models/3': { body: suspect },
  });
  const row = await screen.findByRole('row', { name: /Model 3/u });
  expect(row.textContent).toContain('Proves nothing');
  expect(row.textContent).not.toMatch(/of 100/u);
  await userEvent.click(within(row).getByRole('link', { name: 'Model 3' }));
  await screen.findByText('No figure of this test is shown');
  expect(document.body.textContent).not.toMatch(/of 100|chosen|ranked right/u);
});

test('whom a person works with comes before the headline, and too few accounts say so', async () => {
  await openModel(reportedModel);
  const table = await screen.findByRole('table', { name: /for each group/u });
  const rows = within(table).getAllByRole('row').slice(1);
  expect(rows.map((row) => within(row).getByRole('rowheader').textContent)).toEqual([
    'To work with',
    'of these, annual plans',
    'All that had not cancelled',
  ]);
  expect(rows[1]?.textContent).toContain('too few');
});

test('the ladder names what was chosen, what is as good, and why a kind was not fitted', async () => {
  await openModel(reportedModel);
  const ladder = await screen.findByRole('table', { name: 'Log loss behind the best kind' });
  expect(within(ladder).getByRole('row', { name: /RFM logistic regression, chosen/u })).toBeTruthy();
  expect(within(ladder).getByRole('row', { name: /^Logistic regression, as good/u })).toBeTruthy();
  expect(within(ladder).queryByRole('row', { name: /Boosting/u })).toBeNull();
  expect(screen.getByText(/Boosting was not fitted: .*libgomp1/u)).toBeTruthy();
});

test('a figure of the band opens its definition, with the value of the chosen accounts', async () => {
  await openModel(reportedModel, '?of=not_cancelled');
  await userEvent.click(await screen.findByRole('button', { name: /^Pairs ranked right/u }));
  const sheet = await screen.findByRole('dialog', { name: 'Pairs ranked right' });
  expect(sheet.textContent).toContain('86 (80 to 91)');
  expect(sheet.textContent).toContain('All not cancelled');
});

test('a model by inactivity speaks of going quiet and of spend, not of leaving, cancelling and MRR', async () => {
  const label = {
    name: 'inactivity',
    money: 'spend',
    active_within_days: 180,
    amount_property: 'amount',
  } as const;
  const { report } = reportedModel;
  // Nobody pays by the year.
  const populations = report?.populations.filter(({ name }) => name !== 'to_work_with_annual') ?? [];
  const model = { ...reportedModel, label, statement: '', report: report && { ...report, populations } };
  await openModel(model, '?of=not_cancelled&sheet=money');
  const sheet = await screen.findByRole('dialog', { name: 'At risk over lost' });
  expect(sheet.textContent).toContain('Spend at risk (chance times spend)');
  expect(sheet.textContent).toContain('All active');
  expect(screen.getByText(/with an account that went quiet, .* with one that went on/u)).toBeTruthy();
  expect(document.body.textContent).not.toMatch(
    /MRR|that left|who left|one left|have left|stayed|cancelled/u,
  );
});

test('accounts that are too few to judge have a reason in place of plots', async () => {
  await openModel(reportedModel, '?of=to_work_with_annual');
  expect(await screen.findAllByText(/Too few to judge/u)).toHaveLength(2);
  expect(screen.queryByRole('heading', { name: 'Do the chances come true?' })).toBeNull();
});

test('a model of a release without reports shows what is unknown, and keeps its statement', async () => {
  await openModel({ ...reportedModel, report: null, rung: null });
  await screen.findByText('No report is kept of this model');
  expect(screen.getByText(reportedModel.statement)).toBeTruthy();
  expect(screen.getAllByText('unknown').length).toBeGreaterThan(2);
});

test('a version that is not here is said to be gone', async () => {
  server = await openPage('/models/nonsense', workspaceAnswers);
  await screen.findByText('There is no such model here');
});
