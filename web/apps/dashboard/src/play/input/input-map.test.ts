import fc from 'fast-check';
import { describe, expect, test } from 'vitest';

import { ACTION_NAMES, type Action } from './actions';
import { actionOf, bind, DEFAULT_INPUT_MAP, keyHint, readInputMap, triggerLabel, unbind } from './input-map';

const trigger = fc.constantFrom('key:KeyQ', 'key:KeyU', 'mouse:1', 'pad:3', 'touch:hold', 'wheel:up');
const action = fc.constantFrom(...ACTION_NAMES);

test.each([
  ['key:Digit1', 'build-1'],
  ['key:Digit6', 'build-6'],
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
      expect(readInputMap(JSON.parse(JSON.stringify(map)))).toEqual(map);
    }),
  );
});

test('a removed trigger has no action', () => {
  expect(actionOf(unbind(DEFAULT_INPUT_MAP, 'sell', 'key:KeyS'), 'key:KeyS')).toBeNull();
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

  test('with a trigger twice gives it to the first action', () => {
    const read = readInputMap({ choose: ['key:KeyQ'], cancel: ['key:KeyQ', 'key:Escape'] });
    expect([read.choose, read.cancel]).toEqual([['key:KeyQ'], ['key:Escape']]);
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
