import type { Experiment, Outcomes } from '@keepwell/api';
import { Callout, EmptyState, formatCount, formatDay } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';

import { outcomesQuery } from '../queries/cases';
import { Loaded } from '../shell/Loaded';
import { Freshness, Page } from '../shell/Page';
import { RowsLoading } from '../shell/RowsLoading';
import { texts } from '../texts';
import { CasesSection } from './CasesSection';
import { ExperimentSection } from './ExperimentSection';
import { MonthsSection } from './MonthsSection';
import './outcomes.css';
import { PeopleSection } from './PeopleSection';
import { outcomesSearch } from './search';
import { VisibleSection } from './VisibleSection';

const words = texts.outcomes;

/** What following up was worth, against accounts that were left alone by chance, and what can be seen at all. */
export function OutcomesPage() {
  const query = useQuery(outcomesQuery());
  return (
    <Page
      title={words.title}
      purpose={words.purpose}
      side={query.data && <Period found={query.data} />}
      search={outcomesSearch}
    >
      <Loaded query={query} loading={<RowsLoading label={words.loading} />}>
        {(found) => (found.cases === 0 ? <NoCases found={found} /> : <Measured found={found} />)}
      </Loaded>
    </Page>
  );
}

function Measured({ found }: { readonly found: Outcomes }) {
  const [newest, ...others] = found.experiments;
  return (
    <>
      <NotOpening found={found} />
      <div className="columns">
        <div className="span-7">
          {newest === undefined ? null : (
            <ExperimentSection
              title={words.voluntary}
              experiment={newest}
              currency={found.currency}
              contactCost={found.contact_cost}
            />
          )}
        </div>
        <div className="span-5 outcomes-beside">
          <VisibleSection enrolment={found.enrolment} />
        </div>
      </div>
      {others.map((experiment) =>
        experiment.verdict === 'no_holdout' ? (
          <WithoutHoldout key={experiment.held_share} experiment={experiment} />
        ) : (
          <ExperimentSection
            key={experiment.held_share}
            title={words.earlier}
            experiment={experiment}
            currency={found.currency}
            contactCost={found.contact_cost}
          />
        ),
      )}
      <div className="columns">
        <div className="span-7">
          <MonthsSection months={found.months} currency={found.currency} />
        </div>
        <div className="span-5 outcomes-beside">
          <PeopleSection found={found} />
        </div>
      </div>
      <CasesSection />
    </>
  );
}

/** Cases of a time without a holdout, beside those that say something. */
function WithoutHoldout({ experiment }: { readonly experiment: Experiment }) {
  const { acted, open, unknown, opened_from, opened_to } = experiment;
  const cases = formatCount(acted.cases + open + unknown);
  return (
    <div className="outcomes-without">
      <Callout>
        <p>{words.without(cases, formatDay(opened_from), formatDay(opened_to))}</p>
      </Callout>
    </div>
  );
}

/** From the first to the last opening, of all cases. */
function Period({ found: { months, experiments } }: { readonly found: Outcomes }) {
  const days = experiments.flatMap(({ opened_from, opened_to }) => [opened_from, opened_to]).toSorted();
  const [first, last] = [days[0], days.at(-1)];
  if (first === undefined || last === undefined || months.length === 0) return null;
  return (
    <Freshness>
      {words.period(formatDay(first), formatDay(last))} · {words.policy}
    </Freshness>
  );
}

function NotOpening({ found: { enrolment } }: { readonly found: Outcomes }) {
  if (enrolment.state === 'yes') return null;
  return (
    <Callout>
      <p>{words.notOpening[enrolment.state]}</p>
    </Callout>
  );
}

function NoCases({ found: { enrolment } }: { readonly found: Outcomes }) {
  const list = (
    <Link to="/save-list" className="link">
      {words.none.list}
    </Link>
  );
  return (
    <EmptyState title={words.none.title} icon="outcomes" action={list}>
      {enrolment.state === 'yes' ? '' : `${words.notOpening[enrolment.state]} `}
      {words.people.ruleText} {words.none.detail}
    </EmptyState>
  );
}
