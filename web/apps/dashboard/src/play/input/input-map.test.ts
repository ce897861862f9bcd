import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ACTION_NAMES, type Action } from './actions';
import {
  actionOf,
  bind,
  changesOf,
  DEFAULT_INPUT_MAP,
  keyHint,
  numberOf,
  readInputMap,
  towerKeyHint,
  triggerLabel,
  unbind,
} from './input-map';

const trigger = fc.constantFrom('key:KeyQ', 'key:KeyU', 'mouse:1', 'pad:3', 'touch:hold', 'wheel:up');
const action = fc.constantFrom(...ACTION_NAMES.filter((each) => each !== 'tower-by-number'));

test.each([
  ['key:Digit1', 'tower-by-number'],
  ['key:Numpad7', 'tower-by-number'],
  ['pad:4', 'previous-tower'],
  ['pad:5', 'next-tower'],
  ['key:KeyU', 'upgrade'],
  ['key:KeyS', 'sell'],
  ['key:KeyT', 'target'],
  ['key:Space', 'pause'],
  ['key:KeyN', 'next-wave'],
  ['key:Equal', 'faster'],
  ['key:Minus', 'slower'],
] satisfies [string, Action][])('by default %s is %s', (pressed, expected) => {
  expect(actionOf(DEFAULT_INPUT_MAP, pressed)).toBe(expected);
});

test('by default no trigger has two actions, and every action has a key', () => {
  const all = ACTION_NAMES.flatMap((each) => DEFAULT_INPUT_MAP[each]);
  expect(new Set(all).size).toBe(all.length);
  expect(ACTION_NAMES.filter((each) => keyHint(DEFAULT_INPUT_MAP, each) === null)).toEqual([]);
});

test('a bound trigger belongs to that action and no other', () => {
  fc.assert(
    fc.property(fc.array(fc.tuple(action, trigger)), action, trigger, (changes, last, pressed) => {
      const map = [...changes, [last, pressed] as const].reduce(
        (before, [each, its]) => bind(before, each, its),
        DEFAULT_INPUT_MAP,
      );
      expect(ACTION_NAMES.filter((each) => map[each].includes(pressed))).toEqual([last]);
      expect(readInputMap(JSON.parse(JSON.stringify(changesOf(map))))).toEqual(map);
    }),
  );
});

test('a removed trigger has no action', () => {
  expect(actionOf(unbind(DEFAULT_INPUT_MAP, 'sell', 'key:KeyS'), 'key:KeyS')).toBeNull();
});

test('the mouse and a finger keep what they point with, whatever is bound or removed', () => {
  for (const pointer of ['mouse:0', 'touch:tap']) {
    const bound = bind(DEFAULT_INPUT_MAP, 'cancel', pointer);
    expect(actionOf(bound, pointer)).toBe('choose');
    expect(actionOf(unbind(bound, 'choose', pointer), pointer)).toBe('choose');
  }
});

test('no action belongs to a single tower: a number key names any of them', () => {
  expect(ACTION_NAMES.filter((each) => /\d|bolt|burst|frost|arc|mortar|beacon/.test(each))).toEqual([]);
  expect(numberOf('key:Digit7')).toBe(7);
  expect(numberOf('key:KeyU')).toBeNull();
  expect(towerKeyHint(DEFAULT_INPUT_MAP, 6)).toBe('7');
});

test('a number key that is bound to another action no longer places a tower', () => {
  const map = bind(DEFAULT_INPUT_MAP, 'pause', 'key:Digit3');
  expect([actionOf(map, 'key:Digit3'), actionOf(map, 'key:Digit4')]).toEqual(['pause', 'tower-by-number']);
});

test('any key of a number row binds the row, and a letter has no number to bind', () => {
  const without = unbind(DEFAULT_INPUT_MAP, 'tower-by-number', 'key:Digit#');
  expect(towerKeyHint(bind(without, 'tower-by-number', 'key:Digit5'), 1)).toBe('2');
  expect(bind(without, 'tower-by-number', 'key:KeyX')).toEqual(without);
});

test('only what differs from the defaults is saved', () => {
  expect(changesOf(DEFAULT_INPUT_MAP)).toEqual({});
  expect(changesOf(unbind(DEFAULT_INPUT_MAP, 'sell', 'key:KeyS'))).toEqual({ sell: ['key:Delete', 'pad:2'] });
});

describe('a saved map', () => {
  test('of another release keeps the known actions and gets defaults for the rest', () => {
    const read = readInputMap({ sell: ['key:KeyQ'], dance: ['key:KeyD'] });
    expect(read.sell).toEqual(['key:KeyQ']);
    expect(read.pause).toEqual(DEFAULT_INPUT_MAP.pause);
  });

  test.each([null, 7, 'sell', [], { sell: 'key:KeyQ' }, { sell: [7] }, { sell: ['nonsense'] }])(
    'that is invalid (%j) gives the defaults',
    (saved) => {
      expect(readInputMap(saved)).toEqual(DEFAULT_INPUT_MAP);
    },
  );

  test('in which the mouse no longer points is repaired', () => {
    const read = readInputMap({ choose: ['key:Enter'], cancel: ['mouse:0', 'key:Escape'] });
    expect(read.choose).toEqual(['key:Enter', 'mouse:0', 'touch:tap']);
    expect(read.cancel).toEqual(['key:Escape']);
  });

  test('with a trigger twice gives it to the first action', () => {
    const read = readInputMap({ choose: ['key:KeyQ'], cancel: ['key:KeyQ', 'key:Escape'] });
    expect([read.choose, read.cancel]).toEqual([['key:KeyQ', 'mouse:0', 'touch:tap'], ['key:Escape']]);
  });
});

test.each([
  ['key:KeyU', 'U'],
  ['key:Digit4', '4'],
  ['key:ArrowLeft', '←'],
  ['mouse:2', 'Right click'],
  ['touch:hold', 'Long press'],
  ['pad:0', 'Pad A'],
])('%s is called %s', (name, label) => {
  expect(triggerLabel(name)).toBe(label);
});

test('the debug overlay opens with the key that it has on the desktop', () => {
  expect(actionOf(DEFAULT_INPUT_MAP, 'key:F3')).toBe('debug');
});
