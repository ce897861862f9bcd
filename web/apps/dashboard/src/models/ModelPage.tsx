import type { ModelReport, ModelWithReport } from '@keepwell/api';
import { Callout, Command, EmptyState, Section } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { modelQuery } from '../queries/models';
import { trainCommand } from '../risk/train-command';
import { useCommandSuffix } from '../shell/command-line';
import { Loaded } from '../shell/Loaded';
import { Page } from '../shell/Page';
import { RowsLoading } from '../shell/RowsLoading';
import { texts } from '../texts';
import { CloserLook } from './closer/CloserLook';
import { DefinitionSheet } from './DefinitionSheet';
import { LadderSection } from './LadderSection';
import './models.css';
import { SignalTag, StandingSentence } from './ModelsTable';
import { MoneySection } from './MoneySection';
import { PopulationsSection } from './PopulationsSection';
import { JudgedContext } from './report/judged';
import { modelSearch } from './report/search';
import { TrainedSection } from './TrainedSection';
import { UntouchedTest } from './UntouchedTest';
import { useModelSearch } from './report/use-model-search';

const route = getRouteApi('/models/$version');
const words = texts.models;

/** One model: what it says of itself, how good it is for whom, why it was chosen, and what it learned from. */
export function ModelPage() {
  const { version } = route.useParams();
  const query = useQuery(modelQuery(version));
  const model = query.data;
  return (
    <Page
      title={words.one(model === undefined ? version : String(model.version))}
      purpose={model && words.onePurposes[model.label.name](model.horizon_days)}
      mark={model && <SignalTag {...model} />}
      side={
        <Link to="/models" className="link inline-link">
          {words.all}
        </Link>
      }
      search={modelSearch}
    >
      {query.error?.isNotFound === true ? (
        <EmptyState title={words.gone}>{words.goneHint}</EmptyState>
      ) : (
        <Loaded query={query} loading={<RowsLoading label={words.loadingOne} />}>
          {(found) => <Model model={found} />}
        </Loaded>
      )}
    </Page>
  );
}

function Model({ model }: { readonly model: ModelWithReport }) {
  const { report, statement, label, signal } = model;
  const isSuspect = signal === 'suspect';
  return (
    <JudgedContext value={words.judged[label.name]}>
      <Section title={words.statement}>
        <p className="models-statement">{statement}</p>
        <StandingSentence model={model} />
        {report === null || isSuspect ? null : <UntouchedTest untouched={report.untouched} />}
      </Section>
      {isSuspect ? <ProvesNothing /> : null}
      {report === null ? <NoReport model={model} /> : null}
      {report === null || isSuspect ? null : <Report report={report} model={model} />}
      <TrainedSection model={model} />
    </JudgedContext>
  );
}

function Report({ report, model }: { readonly report: ModelReport; readonly model: ModelWithReport }) {
  const { currency, label } = model;
  const hasMoney = label.money !== 'none';
  const { of, sheet, close } = useModelSearch();
  const population = report.populations.find(({ name }) => name === of);
  return (
    <>
      <PopulationsSection populations={report.populations} />
      <LadderSection model={model} report={report} />
      <CloserLook populations={report.populations} of={of} currency={hasMoney ? currency : undefined} />
      {hasMoney ? <MoneySection report={report} currency={currency} /> : null}
      {sheet === undefined ? null : (
        <DefinitionSheet id={sheet} population={population} currency={currency} onClose={close} />
      )}
    </>
  );
}

/** The figures of a test that is suspect look best of all, so none is shown. */
function ProvesNothing() {
  return (
    <Callout tone="warning" title={words.suspect.title}>
      {words.suspect.detail}
    </Callout>
  );
}

function NoReport({ model }: { readonly model: ModelWithReport }) {
  const suffix = useCommandSuffix();
  return (
    <Callout title={words.noReport.title}>
      {words.noReport.detail} <Command>{trainCommand(model.label, model.horizon_days, suffix)}</Command>
    </Callout>
  );
}
