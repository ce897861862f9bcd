import type { RocPoint } from '@keepwell/api';

import { texts } from '../../texts';
import { decimalOf, disturbedAt, percent, rocChart } from '../report/curves';
import { CurveSection } from './CurveSection';

const words = texts.models.roc;

export function RocSection({ roc }: { readonly roc: readonly RocPoint[] }) {
  const half = disturbedAt(roc, 0.5);
  return (
    <CurveSection
      definition="roc"
      words={words}
      data={rocChart(roc)}
      says={half === null ? null : words.half(percent(decimalOf(half)))}
    />
  );
}
