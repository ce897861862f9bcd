import { expect, test } from 'vitest';

import { LANGUAGES, snippet } from './snippets';

test('the lines of every language name the key and the host', () => {
  for (const language of LANGUAGES) {
    const lines = snippet(language, { key: 'kwk_1', host: 'https://keep.example' });
    expect(lines).toContain('kwk_1');
    expect(lines).toContain('https://keep.example');
  }
});
