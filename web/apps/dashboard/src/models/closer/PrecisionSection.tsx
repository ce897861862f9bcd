import type { Population, PrecisionRecallPoint } from '@keepwell/api';
import { formatProbability } from '@keepwell/ui';

import { baseOf, precisionAt, precisionChart } from '../report/curves';
import { useJudged } from '../report/judged';
import { CurveSection } from './CurveSection';

export interface PrecisionSectionProps {
  readonly population: Population;
  readonly points: readonly PrecisionRecallPoint[];
}

export function PrecisionSection({ population, points }: PrecisionSectionProps) {
  const { precision: words } = useJudged();
  const base = baseOf(population);
  const half = precisionAt(points, 0.5);
  return (
    <CurveSection
      definition="precision-recall"
      words={words}
      data={precisionChart(points, base, words)}
      says={half === null ? null : words.half(formatProbability(half), formatProbability(base))}
    />
  );
}
