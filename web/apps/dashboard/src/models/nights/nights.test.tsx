// @vitest-environment happy-dom
import type { Run } from '@keepwell/api';
import { screen, within } from '@testing-library/react';
import { afterEach, describe, expect, test } from 'vitest';

import { workspaceAnswers } from '../../testing/answers';
import type { ApiServer } from '../../testing/api-server';
import { reportedModel } from '../../testing/models';
import { closePage, openPage } from '../../testing/open-page';
import { nightRows, progressOf, recordsAge } from './night-rows';

let server: ApiServer;

const SCORED: Run = {
  number: 9,
  cause: 'night',
  state: 'scored',
  statement: null,
  scored_at: '2026-06-30T00:02:00Z',
  model_version: 3,
  as_of: '2026-06-30',
  date: '2026-06-30',
  accounts: 1240,
  revenue_at_risk: '100.00',
  judged_at: null,
};

const MISSED: Run = {
  ...SCORED,
  state: 'missed',
  statement: 'No worker ran that night.',
  model_version: null,
  as_of: null,
  accounts: 0,
  revenue_at_risk: null,
};

function missed(number: number, date: string): Run {
  return { ...MISSED, number, date };
}

describe('rows', () => {
  test('the missed nights of one downtime are one row, and those of two are two', () => {
    const rows = nightRows([
      SCORED,
      missed(8, '2026-06-29'),
      missed(7, '2026-06-28'),
      missed(6, '2026-06-20'),
      { ...SCORED, number: 5, date: '2026-06-19' },
      missed(4, '2026-06-18'),
    ]);
    expect(rows.map(({ run, from, nights }) => [run.number, from, nights])).toEqual([
      [9, '2026-06-30', 1],
      [8, '2026-06-28', 2],
      [6, '2026-06-20', 1],
      [5, '2026-06-19', 1],
      [4, '2026-06-18', 1],
    ]);
  });

  test('a list is judged once it says when, and what has no list never', () => {
    expect(progressOf(SCORED)).toBe('scored');
    expect(progressOf({ ...SCORED, judged_at: '2026-06-30T00:03:00Z' })).toBe('judged');
    expect(progressOf(MISSED)).toBe('missed');
  });

  test('the age is that of the records when they were read, and unknown without a list', () => {
    expect(recordsAge(SCORED)).toBe(0);
    expect(recordsAge({ ...SCORED, as_of: '2026-02-28' })).toBe(122);
    expect(recordsAge(MISSED)).toBeNull();
  });
});

describe('the section', () => {
  afterEach(() => closePage(server));

  async function openNights(answer: object, models: readonly object[] = [reportedModel]) {
    server = await openPage('/models', {
      ...workspaceAnswers,
      'GET /v1/churn/models': { body: { items: models, next: null } },
      'GET /v1/churn/runs': answer,
    });
    return screen.findByRole('region', { name: 'Nights' });
  }

  test('a list says how many accounts were scored by which model, how old its records were and what started it', async () => {
    const silent = {
      ...MISSED,
      number: 8,
      cause: 'import',
      state: 'silent',
      statement: 'No events since May.',
    };
    await openNights({ body: { items: [{ ...SCORED, as_of: '2026-06-28' }, silent], next: null } });
    const row = await screen.findByRole('row', { name: /1,240 accounts/u });
    expect(row.textContent).toContain('The night, 12:02 AM UTC');
    expect(within(row).getByText('Scored')).toBeTruthy();
    expect(row.textContent).toContain('Jun 28, 2026, 2 days old');
    expect(within(row).getByRole('link', { name: 'Model 3' }).getAttribute('href')).toBe('/models/3');
    expect(screen.getByRole('row', { name: /No events since May/u }).textContent).toContain(
      'New records, 12:02 AM UTCA source is silent',
    );
  });

  test('before the first model the nights say why there is none', async () => {
    const run = { ...MISSED, state: 'not_scored', statement: 'No account had paid 30 days before.' };
    await openNights({ body: { items: [run], next: null } }, []);
    await screen.findByText('No account had paid 30 days before.');
    expect(screen.getByText('No model yet')).toBeTruthy();
  });

  test('without a night it says when the first one comes', async () => {
    await openNights({ body: { items: [], next: null } });
    await screen.findByText(/Nothing was scored yet/u);
  });

  test('what went wrong is said, with a way to try again', async () => {
    const region = await openNights({ status: 403, body: { title: 'No', status: 403, code: 'x' } });
    await within(region).findByRole('button', { name: 'Try again' });
  });
});
