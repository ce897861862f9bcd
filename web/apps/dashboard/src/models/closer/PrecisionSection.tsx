import type { Population, PrecisionRecallPoint } from '@keepwell/api';
import { formatProbability } from '@keepwell/ui';

import { texts } from '../../texts';
import { baseOf, precisionAt, precisionChart } from '../report/curves';
import { CurveSection } from './CurveSection';

const words = texts.models.precision;

export interface PrecisionSectionProps {
  readonly population: Population;
  readonly points: readonly PrecisionRecallPoint[];
}

export function PrecisionSection({ population, points }: PrecisionSectionProps) {
  const base = baseOf(population);
  const half = precisionAt(points, 0.5);
  return (
    <CurveSection
      definition="precision-recall"
      words={words}
      data={precisionChart(points, base)}
      says={half === null ? null : words.half(formatProbability(half), formatProbability(base))}
    />
  );
}
