import type { Figures, Population } from '@keepwell/api';
import { Callout, formatCount, Section } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../../texts';
import { POPULATIONS, type PopulationName } from '../report/search';
import { CaptureSection } from './CaptureSection';
import { FiguresBand } from './FiguresBand';
import { PrecisionSection } from './PrecisionSection';
import { ReliabilitySection } from './ReliabilitySection';
import { RocSection } from './RocSection';
import { ThresholdSection } from './ThresholdSection';

const words = texts.models;

export interface CloserLookProps {
  /** Undefined if the report does not have these accounts. */
  readonly population: Population | undefined;
  readonly of: PopulationName;
  readonly currency: string;
}

/** The figures and plots of one group of accounts. */
export function CloserLook({ population, of, currency }: CloserLookProps) {
  return (
    <>
      <Section title={words.closer.title}>
        <PopulationTabs of={of} />
        <p className="models-say models-about">
          {words.populations.about[of]}
          {population === undefined ? null : ` ${sizeOf(population)}`}
        </p>
        {population?.figures == null ? (
          <Callout title={words.closer.notTested}>{population?.not_tested ?? texts.common.unknown}</Callout>
        ) : (
          <FiguresBand figures={population.figures} />
        )}
      </Section>
      {population?.figures == null ? null : (
        <Plots population={population} figures={population.figures} currency={currency} />
      )}
    </>
  );
}

function PopulationTabs({ of }: { readonly of: PopulationName }) {
  return (
    <nav className="tabs" aria-label={words.closer.tabs}>
      {POPULATIONS.map((name) => (
        <Link
          key={name}
          to="/models/$version"
          params={(params) => ({ version: params.version ?? '' })}
          search={{ of: name === 'to_work_with' ? undefined : name }}
          resetScroll={false}
          className="tab"
          activeOptions={{ exact: true, explicitUndefined: true }}
          aria-current={name === of ? 'page' : undefined}
        >
          {words.populations.tabs[name]}
        </Link>
      ))}
    </nav>
  );
}

function sizeOf({ departed, snapshots, accounts }: Population): string {
  return words.populations.size(formatCount(departed), formatCount(snapshots), formatCount(accounts));
}

interface PlotsProps {
  readonly population: Population;
  readonly figures: Figures;
  readonly currency: string;
}

function Plots({ population, figures, currency }: PlotsProps) {
  return (
    <div className="columns models-plots">
      <div className="span-6">
        <ReliabilitySection figures={figures} />
      </div>
      <div className="span-6">
        <CaptureSection tenths={figures.capture} />
      </div>
      <div className="span-6">
        <RocSection roc={figures.roc} />
      </div>
      <div className="span-6">
        <PrecisionSection population={population} points={figures.precision_recall} />
      </div>
      <div>
        <ThresholdSection decisions={figures.decisions} currency={currency} />
      </div>
    </div>
  );
}
