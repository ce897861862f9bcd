/** The steps from the opening MRR of a view to its closing one. */

import { sign, type MovementsPeriod } from '@keepwell/api';
import type { WaterfallStep } from '@keepwell/ui';

import { texts } from '../texts';
import { EXCHANGE_RATES, MOVEMENT_SERIES } from './movement-bars';

const words = texts.revenue.waterfall;

/** Exchange rates are a step only if they changed anything. */
export function waterfallSteps(period: MovementsPeriod): WaterfallStep[] {
  const rates = sign(period.fx) === 0 ? [] : [EXCHANGE_RATES];
  return [
    { id: 'opening', label: words.opening, tick: words.ticks.opening, kind: 'level', amount: period.opening },
    ...[...MOVEMENT_SERIES, ...rates].map(({ id, label, color }): WaterfallStep => ({
      ...{ id, color, kind: 'change', amount: period[id], tick: words.ticks[id] },
      label,
      short: shortOf(id) ?? label,
    })),
    { id: 'closing', label: words.closing, tick: words.ticks.closing, kind: 'level', amount: period.closing },
  ];
}

/** There is room for about nine letters under a bar. */
function shortOf(id: string): string | undefined {
  return (words.short as Readonly<Record<string, string>>)[id];
}
