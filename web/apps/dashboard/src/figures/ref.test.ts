import { expect, test } from 'vitest';

import { parseFigure, writeFigure } from './ref';

test.each([
  'mrr',
  'mrr@2026-06-30',
  'new@2026-06-01..2026-06-30',
  'cohort@2026-01-01..2026-06-30',
  'at-risk',
])('the sheet %s is read and written alike', (text) => {
  const figure = parseFigure(text);
  expect(figure === null ? null : writeFigure(figure)).toBe(text);
});

test.each([
  'toString',
  'mrr@',
  'mrr@2026-02-30',
  'new@2026-06-30..2026-06-01',
  'new@2026-06-01..2026-06-02..2026-06-03',
  'mrr@2026-06-01@2026-06-02',
  'cohort',
])('nonsense such as %s opens nothing', (text) => {
  expect(parseFigure(text)).toBeNull();
});
