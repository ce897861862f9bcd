import { DifferenceSheet } from './DifferenceSheet';
import './figures.css';
import { MetricSheet } from './MetricSheet';
import { PolicySheet } from './PolicySheet';
import { isFigure, writeFigure } from './ref';
import { RiskSheet } from './RiskSheet';
import { useFigure } from './use-figure';
import type { PageFigures } from './use-period';

/**
 * The sheet that the address asks for, if any: what a figure means, what it rests on, and its rows. A page mounts it once,
 * and says which days and policy its figures are of; otherwise they are as of today, over twelve months.
 */
export function FigureSheet(page: PageFigures) {
  const { figure, close } = useFigure();
  if (figure === null) return null;
  const { id } = figure;
  const shared = { key: writeFigure(figure), figure, page, onClose: close };
  if (isFigure(id)) return <MetricSheet {...shared} id={id} />;
  if (id === 'at-risk') return <RiskSheet key={id} onClose={close} />;
  if (id === 'policy') return <PolicySheet key={id} policy={page.policy} onClose={close} />;
  return <DifferenceSheet {...shared} />;
}
