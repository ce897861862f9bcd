import type { Figures, Population } from '@keepwell/api';
import { Callout, formatCount, Section } from '@keepwell/ui';
import { Link } from '@tanstack/react-router';

import { texts } from '../../texts';
import { useJudged, type JudgedWords } from '../report/judged';
import { POPULATIONS, type PopulationName } from '../report/search';
import { CaptureSection } from './CaptureSection';
import { FiguresBand } from './FiguresBand';
import { PrecisionSection } from './PrecisionSection';
import { ReliabilitySection } from './ReliabilitySection';
import { RocSection } from './RocSection';
import { ThresholdSection } from './ThresholdSection';

const words = texts.models;

export interface CloserLookProps {
  readonly populations: readonly Population[];
  readonly of: PopulationName;
  /** Undefined if no money is known. */
  readonly currency: string | undefined;
}

/** The figures and plots of one group of accounts. */
export function CloserLook({ populations, of, currency }: CloserLookProps) {
  const judged = useJudged().populations;
  const population = populations.find(({ name }) => name === of);
  return (
    <>
      <Section title={words.closer.title}>
        <PopulationTabs populations={populations} of={of} />
        <p className="models-say models-about">
          {judged.about[of]}
          {population === undefined ? null : ` ${sizeOf(population, judged)}`}
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

function PopulationTabs({ populations, of }: Omit<CloserLookProps, 'currency'>) {
  const { tabs } = useJudged().populations;
  const names = POPULATIONS.filter((name) => populations.some((each) => each.name === name));
  return (
    <nav className="tabs" aria-label={words.closer.tabs}>
      {names.map((name) => (
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
          {tabs[name]}
        </Link>
      ))}
    </nav>
  );
}

function sizeOf({ departed, snapshots, accounts }: Population, { size }: JudgedWords['populations']): string {
  return size(formatCount(departed), formatCount(snapshots), formatCount(accounts));
}

interface PlotsProps {
  readonly population: Population;
  readonly figures: Figures;
  readonly currency: string | undefined;
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
      {currency === undefined ? null : (
        <div>
          <ThresholdSection decisions={figures.decisions} currency={currency} />
        </div>
      )}
    </div>
  );
}
