import type { RocPoint } from '@keepwell/api';

import { decimalOf, disturbedAt, percent, rocChart } from '../report/curves';
import { useJudged } from '../report/judged';
import { CurveSection } from './CurveSection';

export function RocSection({ roc }: { readonly roc: readonly RocPoint[] }) {
  const { roc: words } = useJudged();
  const half = disturbedAt(roc, 0.5);
  return (
    <CurveSection
      definition="roc"
      words={words}
      data={rocChart(roc, words)}
      says={half === null ? null : words.half(percent(decimalOf(half)))}
    />
  );
}
