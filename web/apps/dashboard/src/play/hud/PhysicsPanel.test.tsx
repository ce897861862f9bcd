// @vitest-environment happy-dom
import { cleanup, fireEvent, render, screen } from '@testing-library/react';
import { afterEach, beforeEach, expect, test } from 'vitest';

import { CoreClient } from '../core/core-client';
import type { ToWorker } from '../core/protocol';
import type { ActiveMatch } from '../game/active-match';
import { MatchState } from '../game/match-state';
import { Sound } from '../sound/sound';
import { SettingsStore } from '../state/settings';
import { catalogue, map, snapshotNumbers } from '../testing/fixtures';
import { MatchContext, type MatchContextValue } from './context';
import { SettingsDialog } from './SettingsDialog';
import { PhysicsMark, PhysicsPanel } from './PhysicsPanel';

beforeEach(() => {
  localStorage.clear();
});
afterEach(cleanup);

function open(score: Readonly<Record<string, number>> = {}) {
  const sent: ToWorker[] = [];
  const worker = {
    onmessage: null,
    onerror: null,
    postMessage: (each: ToWorker) => sent.push(each),
    terminate: () => undefined,
  };
  const client = new CoreClient(worker, () => undefined);
  const sound = new Sound('/', { effects: 1, music: 1, muted: true });
  const state = new MatchState({ client, catalogue, map, sound, isReplay: false });
  state.applySnapshot(snapshotNumbers({ score: { drag: 6, gravity: 768, ...score } }), 0);
  state.toggleDebug();
  const settings = new SettingsStore(localStorage);
  const context = { match: { state, isReplay: false } as ActiveMatch, settings } as MatchContextValue;
  render(
    <MatchContext value={context}>
      <PhysicsMark />
      <PhysicsPanel />
    </MatchContext>,
  );
  const commands = () =>
    sent.flatMap((each) => (each.type === 'command' ? [[each.command, ...each.fields]] : []));
  return { commands, settings, state };
}

test('a slider beside its default changes the constant at once', () => {
  const { commands } = open();
  fireEvent.change(screen.getByRole('slider', { name: /^drag, default 6/ }), { target: { value: '9' } });
  expect(commands()).toEqual([['SetConstant', 0, 9]]);
});

test('the defaults take back what was changed, and the board bears a mark', () => {
  const { commands } = open({ gravity: 1000, tweaked: 1 });
  expect(screen.getByText('Physics changed: no stars')).toBeDefined();
  fireEvent.click(screen.getByRole('button', { name: 'Defaults' }));
  expect(commands()).toEqual([['SetConstant', 1, 768]]);
});

test('a profile is kept in the browser under its name, chosen and deleted', () => {
  const { commands } = open({ gravity: 1000, tweaked: 1 });
  fireEvent.change(screen.getByLabelText('Name of the profile'), { target: { value: 'heavy' } });
  fireEvent.submit(screen.getByLabelText('Name of the profile'));
  expect(new SettingsStore(localStorage).get().physics).toEqual({ heavy: { gravity: 1000 } });
  expect(commands()).toEqual([]);
  fireEvent.change(screen.getByLabelText('Name of the profile'), { target: { value: 'heavy' } });
  expect(screen.getByRole('button', { name: 'Replace' })).toBeDefined();
  cleanup();

  const other = open();
  fireEvent.click(screen.getByRole('button', { name: 'heavy' }));
  expect(other.commands()).toEqual([['SetConstant', 1, 1000]]);
  fireEvent.click(screen.getByRole('button', { name: 'Delete heavy' }));
  expect(new SettingsStore(localStorage).get().physics).toEqual({});
});

test('a player without a keyboard opens the overlay in the settings', () => {
  const { state, settings } = open();
  render(<SettingsDialog settings={settings} overlay={state} isOpen onClose={() => undefined} />);
  fireEvent.click(screen.getByRole('switch', { name: 'Debug overlay' }));
  expect(state.hud.get().debug).toBe(false);
  expect(screen.queryByRole('region', { name: 'Physics' })).toBeNull();
});
