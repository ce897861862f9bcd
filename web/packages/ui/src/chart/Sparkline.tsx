import { fitDomain } from './core/domain';
import { lineEnd, linePath } from './core/lines';
import { toNumber, type ChartValue } from './core/model';

/** The course of a figure, beside it. Decoration only: the figure and its change are in words. */
export function Sparkline({ values }: { readonly values: readonly ChartValue[] }) {
  const numbers = values.map(toNumber);
  const domain = fitDomain(numbers);
  const end = lineEnd(numbers, domain);
  return (
    <svg
      className="sparkline"
      viewBox="0 0 100 100"
      preserveAspectRatio="none"
      aria-hidden="true"
      focusable="false"
    >
      <path d={linePath(numbers, domain)} />
      {end === null ? null : <path className="sparkline-end" d={`M${end.left} ${end.top}h0`} />}
    </svg>
  );
}
