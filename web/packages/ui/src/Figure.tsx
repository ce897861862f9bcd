import type { ReactNode } from 'react';

import { Icon } from './Icon';
import { uiTexts } from './texts';

/** Figures side by side. */
export function FigureBand({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <section className="band" aria-label={label}>
      {children}
    </section>
  );
}

export interface LoadingBandProps {
  readonly label: string;
  /** The labels of the figures that are on their way. */
  readonly figures: readonly string[];
}

/** A band in its final shape, before its figures are there. */
export function LoadingBand({ label, figures }: LoadingBandProps) {
  return (
    <div role="status">
      <span className="visually-hidden">{uiTexts().loading(label)}</span>
      <div className="band" aria-hidden="true">
        {figures.map((figure) => (
          <Figure
            key={figure}
            label={figure}
            value={<span className="skeleton-bar figure-loading" />}
            change=" "
          />
        ))}
      </div>
    </div>
  );
}

export interface FigureProps {
  readonly label: string;
  readonly value: ReactNode;
  /** Makes the value a link with the page's own kind of link; the whole cell is the target. */
  readonly link?: (props: { readonly className: string; readonly children: ReactNode }) => ReactNode;
  /** Opens what the figure means and its rows; the whole cell is the target. */
  readonly onOpen?: (() => void) | undefined;
  /** A sparkline or an interval. */
  readonly aside?: ReactNode;
  /** The change since an earlier time. */
  readonly change?: ReactNode;
  readonly note?: ReactNode;
}

/** One figure of a band: label, value, change, and what it is based on. */
export function Figure(props: FigureProps) {
  const { label, aside, change, note } = props;
  return (
    <div className="figure">
      <span className="figure-label">{label}</span>
      <Value {...props} />
      {aside === undefined ? null : <span className="figure-aside">{aside}</span>}
      {change === undefined ? null : <span className="figure-note">{change}</span>}
      {note === undefined ? null : <span className="figure-note">{note}</span>}
    </div>
  );
}

function Value({ label, value, link, onOpen }: FigureProps) {
  const content = (
    <>
      <span className="visually-hidden">{label}: </span>
      {value}
    </>
  );
  if (link !== undefined) return link({ className: 'figure-value', children: content });
  if (onOpen === undefined) return <span className="figure-value">{value}</span>;
  return (
    <button type="button" className="figure-value" aria-haspopup="dialog" onClick={onOpen}>
      {content}
    </button>
  );
}

export interface ChangeProps {
  readonly direction: -1 | 0 | 1;
  /** Which direction is good news: more money at risk is bad. */
  readonly good?: 'up' | 'down';
  readonly children: ReactNode;
}

/** A rise or fall. The arrow and the sign are the direction; the colour says whether it is good or bad. */
export function Change({ direction, good = 'up', children }: ChangeProps) {
  if (direction === 0) return <span className="change">{children}</span>;
  const isGood = direction > 0 === (good === 'up');
  return (
    <span className={isGood ? 'change change-good' : 'change change-bad'}>
      <Icon name={direction > 0 ? 'up' : 'down'} />
      {children}
    </span>
  );
}
