// @vitest-environment happy-dom
import type { Label, SaveList } from '@keepwell/api';
import { screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { model, saveList, saveListItem, workspaceAnswers } from '../testing/answers';
import type { ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';
import { texts } from '../texts';

let server: ApiServer;

afterEach(() => closePage(server));

function listOf(money: Label['money']): SaveList {
  const amount = money === 'none' ? null : ('42.00' as const);
  const item = { ...saveListItem, plan: null, mrr: amount, revenue_at_risk: amount };
  const label: Label = { name: 'inactivity', money, active_within_days: 180, amount_property: null };
  const sums = {
    voluntary_mrr: amount,
    involuntary_mrr: amount,
    voluntary_at_risk: amount,
    involuntary_at_risk: amount,
  };
  return {
    ...saveList,
    items: [item],
    model: { ...model, horizon_days: 90, label },
    totals: { ...saveList.totals, ...sums },
  };
}

async function headersOf(list: SaveList): Promise<readonly (string | null)[]> {
  server = await openPage('/save-list', { ...workspaceAnswers, 'GET /v1/save-list': { body: list } });
  const table = within(await screen.findByRole('table', { name: texts.saveList.title }));
  return table.getAllByRole('columnheader').map(({ textContent }) => textContent);
}

test('a list by spend shows what accounts spend, and speaks of no plan and no MRR', async () => {
  const headers = await headersOf(listOf('spend'));
  expect(headers).toEqual(['Account', 'Why', 'Spend a month', 'Chance', 'At risk', 'Next step']);
  expect(screen.getByText('Who may go quiet for 90 days, by spend at risk.')).toBeTruthy();
});

test('a list by chance shows no money at all', async () => {
  const headers = await headersOf(listOf('none'));
  expect(headers).toEqual(['Account', 'Why', 'Chance', 'Next step']);
  expect(screen.getByText('Who may go quiet for 90 days, by chance: no event has an amount.')).toBeTruthy();
  expect(screen.queryByText(/at risk in these/)).toBeNull();
});
