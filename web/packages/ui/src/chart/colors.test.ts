/** The colours of charts, computed from the tokens: contrast, and distance with every common colour vision. */

import { readFileSync } from 'node:fs';

import {
  clampRgb,
  converter,
  differenceCiede2000,
  filterDeficiencyDeuter,
  filterDeficiencyProt,
  interpolate,
  parse,
  wcagContrast,
  type Color,
} from 'culori';
import { describe, expect, test } from 'vitest';

import { DEEPEST } from './core/heat';

const SERIES = ['new', 'expansion', 'reactivation', 'contraction', 'churn', 'other'];
const THEMES = ['light', 'dark'] as const;
type Theme = (typeof THEMES)[number];

const TOKENS = readFileSync(new URL('../tokens.css', import.meta.url), 'utf8');

function token(name: string, theme: Theme): Color {
  const [, light = '', dark = ''] =
    new RegExp(`--${name}: light-dark\\((#\\w{6}), (#\\w{6})\\)`).exec(TOKENS) ?? [];
  const color = parse(theme === 'light' ? light : dark);
  if (color === undefined) throw new Error(`no token --${name}`);
  return color;
}

const toLinear = converter('lrgb');
const toEncoded = converter('rgb');

const VISIONS = {
  normal: (color: Color) => color,
  deuteranopia: inLinearLight(filterDeficiencyDeuter(1)),
  protanopia: inLinearLight(filterDeficiencyProt(1)),
} as const;

/** The simulation (Machado, Oliveira and Fernandes, 2009) is defined for linear light; the library takes encoded colours. */
function inLinearLight(simulate: (color: Color) => Color) {
  return (color: Color): Color => {
    const { r, g, b } = toLinear(color);
    const seen = toEncoded(simulate({ mode: 'rgb', r, g, b }));
    return clampRgb(toEncoded({ mode: 'lrgb', r: seen.r, g: seen.g, b: seen.b }));
  };
}

/** Two colours are told apart in a legend from about 10 on; the scale before this one fell to 1.2. */
const LEAST_DISTANCE = 13;

describe.each(THEMES)('in the %s theme', (theme) => {
  const surface = token('surface', theme);

  test.each([...SERIES.map((name) => `series-${name}`), 'series-earlier', 'accent'])(
    '--%s has a contrast of 3:1 on the surface',
    (name) => {
      expect(wcagContrast(token(name, theme), surface)).toBeGreaterThanOrEqual(3);
    },
  );

  test.each(Object.entries(VISIONS))('with %s, any two series are told apart', (_, seen) => {
    const distance = differenceCiede2000();
    const colors = SERIES.map((name) => ({ name, color: seen(token(`series-${name}`, theme)) }));
    for (const [index, one] of colors.entries()) {
      for (const other of colors.slice(index + 1)) {
        const pair = `${one.name} and ${other.name}`;
        expect(distance(one.color, other.color), pair).toBeGreaterThanOrEqual(LEAST_DISTANCE);
      }
    }
  });

  test('text is readable on the deepest shade of a heat table', () => {
    const deepest = interpolate([surface, token('accent', theme)], 'rgb')(DEEPEST / 100);
    expect(wcagContrast(token('text', theme), deepest)).toBeGreaterThanOrEqual(4.5);
  });
});
