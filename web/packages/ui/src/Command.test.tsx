// @vitest-environment happy-dom
import { cleanup, render } from '@testing-library/react';
import { afterEach, expect, test } from 'vitest';

import { Command } from './Command';

afterEach(cleanup);

test('an option of a command is one word, and the text stays the command', () => {
  const { container } = render(<Command>./keepwell import --dry-run exports/</Command>);
  const words = [...container.querySelectorAll('.command-word')].map((word) => word.textContent);
  expect(words).toEqual(['./keepwell', 'import', '--dry-run', 'exports/']);
  expect(container.querySelector('code')?.textContent).toBe('./keepwell import --dry-run exports/');
});
