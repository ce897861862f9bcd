// @vitest-environment happy-dom
import type { DriftReport, LiveFigures, LiveReport, Verdict } from '@keepwell/api';
import { screen, within } from '@testing-library/react';
import userEvent from '@testing-library/user-event';
import { afterEach, expect, test } from 'vitest';

import { workspaceAnswers } from '../../testing/answers';
import type { ApiServer } from '../../testing/api-server';
import { reportedModel } from '../../testing/models';
import { closePage, openPage } from '../../testing/open-page';

let server: ApiServer;

afterEach(() => closePage(server));

const NO_BREAK: Verdict = {
  state: 'waiting',
  lists: 0,
  departed: 0,
  expected: 0,
  evidence: 0,
  evidence_needed: 12,
  broken_by: null,
  broken_on: null,
  model_version: 3,
  next_on: '2026-07-30',
  smallest_visible: 1.63,
};

const WAITING: LiveReport = {
  verdict: NO_BREAK,
  currency: 'USD',
  baseline: null,
  together: null,
  left_alone: null,
  expected: { departed: 5, roc_auc: 0.85, average_precision: 0.3, log_loss: 0.15, brier: 0.04 },
  tests: [],
};

const FIGURES: LiveFigures = {
  lists: 1,
  snapshots: 90,
  accounts: 90,
  unknown: 2,
  departed: 9,
  expected: 3.5,
  likely_from: 0,
  likely_to: 7,
  expected_log_loss: 0.16,
  roc_auc: { value: 0.8, low: 0.7, high: 0.88 },
  log_loss: { value: 0.17, low: 0.13, high: 0.2 },
  log_loss_base: 0.2,
  gain: null,
  brier: null,
  expected_over_departed: { value: 0.39, low: 0.3, high: 0.6 },
  revenue_at_risk: '100.00',
  revenue_lost: '230.00',
  revenue_ratio: null,
  not_judged: null,
};

const NO_DRIFT: DriftReport = {
  run: 1,
  as_of: '2026-06-30',
  model_version: 3,
  accounts: 90,
  inputs: [],
  looks: [],
};

async function openModels(live: LiveReport, drift: DriftReport = NO_DRIFT) {
  server = await openPage('/models', {
    ...workspaceAnswers,
    'GET /v1/churn/models': { body: { items: [reportedModel], next: null } },
    'GET /v1/churn/live': { body: live },
    'GET /v1/churn/drift': { body: drift },
  });
}

test('before a list has matured the page says until when, what is expected, and what can be seen at all', async () => {
  await openModels(WAITING);
  const section = await screen.findByRole('region', { name: 'Since then' });
  expect(section.textContent).toContain('Too early');
  expect(section.textContent).toContain('Jul 30, 2026');
  expect(section.textContent).toContain('85 of 100 pairs');
  expect(section.textContent).toContain('1.63 times');
  expect(within(section).queryByRole('table')).toBeNull();
});

test('a break says since when and by what, and marks the list that surprises', async () => {
  await openModels({
    ...WAITING,
    verdict: {
      ...NO_BREAK,
      state: 'broken',
      lists: 4,
      departed: 40,
      expected: 14.2,
      evidence: 250_000,
      broken_by: 'more_left',
      broken_on: '2026-03-02',
    },
    together: FIGURES,
    tests: [
      {
        run: 9,
        as_of: '2026-03-02',
        model_version: 3,
        departed: 40,
        expected: 14.2,
        evidence: 250_000,
        is_broken: true,
        figures: FIGURES,
      },
    ],
  });
  const section = await screen.findByRole('region', { name: 'Since then' });
  expect(section.textContent).toContain('since the list of Mar 2, 2026: more accounts leave than it says');
  expect(section.textContent).toContain('more than 1,000');
  expect(section.textContent).toContain('2 accounts is not known');
  const lists = screen.getByRole('table', { name: /do not overlap, with what became/u });
  expect(within(lists).getByRole('row', { name: /Mar 2, 2026/u }).textContent).toContain('surprising');
});

test('where fewer left than chance explains it is said of those left alone whether the chances hold', async () => {
  const together = { ...FIGURES, departed: 25, expected: 51.2, likely_from: 38, likely_to: 64 };
  const leftAlone = { ...FIGURES, departed: 11, expected: 12.6, likely_from: 6, likely_to: 20 };
  const verdict = { ...NO_BREAK, state: 'quiet' as const, lists: 5, departed: 25, expected: 51.2 };
  await openModels({ ...WAITING, verdict, together, left_alone: leftAlone });
  const section = await screen.findByRole('region', { name: 'Since then' });
  expect(section.textContent).toContain('11 left of 12.6 expected; 6 to 20 are no surprise');
});

test('drifted inputs come first with what chance does, and the others are one step away', async () => {
  const input = {
    psi: 0.2,
    ks: 0.1,
    js: 0.1,
    unknown: 0.5,
    unknown_before: 0.1,
    usual_psi: 0.1,
    usual_ks: 0.1,
    usual_js: 0.1,
    usual_unknown: 0.05,
  };
  const inputs = Array.from({ length: 12 }, (_, place) => ({
    ...input,
    name: `input_${String(place)}`,
    chance: place === 0 ? 0.0001 : 0.9,
    is_drifted: place === 0,
  }));
  await openModels(WAITING, { ...NO_DRIFT, inputs });
  const table = await screen.findByRole('table', { name: /How far each input/u });
  expect(within(table).getAllByRole('row')).toHaveLength(9);
  expect(within(table).getByRole('row', { name: /input_0/u }).textContent).toContain('drifted');
  await userEvent.click(screen.getByRole('button', { name: 'Show all 12' }));
  expect(within(table).getAllByRole('row')).toHaveLength(13);
});

test('a model of a release without references has unknown drift, and no table', async () => {
  await openModels(WAITING, { ...NO_DRIFT, inputs: null });
  await screen.findByText(/Drift is unknown/u);
});
