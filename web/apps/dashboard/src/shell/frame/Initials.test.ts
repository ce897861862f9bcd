import { expect, test } from 'vitest';

import { initialsOf } from './Initials';

test.each([
  ['Grace Hopper', 'GH'],
  ['owner', 'OW'],
  ['  ada_lovelace ', 'AL'],
  ['', ''],
  ['Ольга', 'ОЛ'],
  ['👩‍👩‍👧 x', '👩‍👩‍👧X'],
])('the initials of %j are %j', (name, initials) => {
  expect(initialsOf(name)).toBe(initials);
});
