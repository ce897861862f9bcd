import { expect, test } from 'vitest';

import { INITIAL_HUD, INITIAL_STATS, type HudState } from '../game/hud-state';
import { hintFor, type Situation } from './hints';

const hud: HudState = { ...INITIAL_HUD, plan: null };
const start: Situation = { hud, towers: 0, hasUpgraded: false, isFlyingNext: false, isTouch: false };

function at(changed: Partial<Situation>, stats: Partial<HudState['stats']> = {}): string | null {
  return hintFor({ ...start, hud: { ...hud, stats: { ...INITIAL_STATS, ...stats } }, ...changed });
}

test('hints lead a beginner from the first tower to the first upgrade', () => {
  expect(hintFor(start)).toMatch(/Choose a tower/);
  expect(hintFor({ ...start, hud: { ...hud, placing: 0 } })).toMatch(/Click a cell/);
  expect(at({ towers: 1 })).toMatch(/wall/);
  expect(at({ towers: 3 })).toMatch(/Start the wave/);
  expect(at({ towers: 3 }, { wave: 1 })).toMatch(/gold/);
  expect(at({ towers: 3 }, { wave: 1, cleared: 1 })).toMatch(/stronger/);
});

test('a player who has upgraded gets no more hints, except a warning of flyers', () => {
  const cleared = { wave: 1, cleared: 1 };
  expect(at({ towers: 3, hasUpgraded: true }, cleared)).toBeNull();
  expect(at({ towers: 3, hasUpgraded: true, isFlyingNext: true }, cleared)).toMatch(/Flyers/);
});

test('on a touch screen the hint says tap', () => {
  expect(hintFor({ ...start, hud: { ...hud, placing: 0 }, isTouch: true })).toMatch(/tap it again/);
});

test('after the end there is no hint', () => {
  expect(at({}, { outcome: 'lost' })).toBeNull();
});
