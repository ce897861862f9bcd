import type { DecileCapture } from '@keepwell/api';

import { texts } from '../../texts';
import { captureChart, decimalOf, percent } from '../report/curves';
import { CurveSection } from './CurveSection';

const words = texts.models.capture;

export function CaptureSection({ tenths }: { readonly tenths: readonly DecileCapture[] }) {
  return (
    <CurveSection definition="capture" words={words} data={captureChart(tenths)} says={topText(tenths[0])} />
  );
}

function topText(top: DecileCapture | undefined): string | null {
  if (top === undefined) return null;
  const { of_departures: departures, of_lost_mrr: mrr } = top;
  const money = mrr === null ? words.topOnly : words.topMoney(percent(decimalOf(mrr)));
  return words.top(percent(decimalOf(departures))) + money;
}
