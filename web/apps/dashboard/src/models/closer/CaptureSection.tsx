import type { DecileCapture } from '@keepwell/api';

import { captureChart, decimalOf, percent } from '../report/curves';
import { useJudged, type JudgedWords } from '../report/judged';
import { CurveSection } from './CurveSection';

export function CaptureSection({ tenths }: { readonly tenths: readonly DecileCapture[] }) {
  const { capture } = useJudged();
  return (
    <CurveSection
      definition="capture"
      words={capture}
      data={captureChart(tenths, capture)}
      says={topText(tenths[0], capture)}
    />
  );
}

function topText(top: DecileCapture | undefined, words: JudgedWords['capture']): string | null {
  if (top === undefined) return null;
  const { of_departures: departures, of_lost_mrr: mrr } = top;
  const money = mrr === null ? words.topOnly : words.topMoney(percent(decimalOf(mrr)));
  return words.top(percent(decimalOf(departures))) + money;
}
