// @vitest-environment happy-dom
import { screen, within } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { saveList, workspaceAnswers } from '../testing/answers';
import type { ApiServer } from '../testing/api-server';
import { closePage, openPage } from '../testing/open-page';
import { texts } from '../texts';

let server: ApiServer;

afterEach(() => closePage(server));

test.each([
  ['/save-list', 'All'],
  ['/save-list?kind=voluntary', 'Voluntary'],
  ['/save-list/left-alone', 'Left alone'],
])('on %s only the tab %s is the current one', async (path, name) => {
  server = await openPage(path, { ...workspaceAnswers, 'GET /v1/save-list': { body: saveList } });
  const tabs = within(await screen.findByRole('navigation', { name: texts.saveList.tabs.label }));
  const current = tabs.getAllByRole('link').filter((link) => link.getAttribute('aria-current') === 'page');
  expect(current.map(({ textContent }) => textContent.replace(/[\d\s]+$/, ''))).toEqual([name]);
});
