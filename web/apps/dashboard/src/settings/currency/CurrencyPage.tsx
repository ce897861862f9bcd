import type { ExchangeRate } from '@keepwell/api';
import { Button, Command, EmptyState, formatDay, Section, Table, type Column } from '@keepwell/ui';
import { useInfiniteQuery } from '@tanstack/react-query';
import { getRouteApi, Link } from '@tanstack/react-router';

import { useIsEmpty } from '../../first-run/use-is-empty';
import { exchangeRatesQuery } from '../../queries/revenue/exchange-rates';
import { useCommandSuffix, useHomeOption } from '../../shell/command-line';
import { LoadedRows } from '../../shell/LoadedRows';
import { RowsLoading } from '../../shell/RowsLoading';
import { useMay, useSession } from '../../shell/session';
import { useSearchOf } from '../../shell/use-search-of';
import { texts } from '../../texts';
import { SettingsFrame } from '../SettingsFrame';
import { AddRate } from './AddRate';
import { ratesSearch } from './search';

const route = getRouteApi('/settings/currency');
const words = texts.settings.currency;

/** The report currency, and what others are worth in it. */
export function CurrencyPage() {
  const { currency } = useSession().workspace;
  const maySet = useMay('settings');
  return (
    <SettingsFrame title={words.title} purpose={words.purpose} search={ratesSearch}>
      <div className="columns settings-columns">
        <div className="span-8">
          <Section title={words.facts} note={currency}>
            <ReportCurrency currency={currency} />
          </Section>
          <Rates />
        </div>
        <aside className="span-4 settings-rail" aria-label={words.add.title}>
          {maySet ? <AddRate report={currency} /> : <p className="prose">{words.add.mayNot}</p>}
        </aside>
      </div>
    </SettingsFrame>
  );
}

/** Whether it can still be chosen, and what to do where it cannot. */
function ReportCurrency({ currency }: { readonly currency: string }) {
  const home = useHomeOption();
  const suffix = useCommandSuffix();
  const { slug } = useSession().workspace;
  const other = currency === 'EUR' ? 'USD' : 'EUR';
  if (useIsEmpty()) {
    return (
      <div className="stack">
        <p className="prose">{words.open(currency)}</p>
        <Command>{`./keepwell import --mapping my-shop.yaml --currency ${other}${suffix} exports/`}</Command>
      </div>
    );
  }
  return (
    <div className="stack">
      <p className="prose">{words.fixed(currency)}</p>
      <p className="prose">{words.otherAmounts}</p>
      <p className="prose">{words.instead}</p>
      <Command>
        {`./keepwell import --mapping my-shop.yaml --currency ${other}${home} --workspace ${slug}-${other.toLowerCase()} exports/`}
      </Command>
    </div>
  );
}

function Rates() {
  const { currency } = useSearchOf(ratesSearch);
  const report = useSession().workspace.currency;
  const query = useInfiniteQuery(exchangeRatesQuery({ currency }));
  const all = (
    <Link to="/settings/currency" search={{}} className="button button-small">
      {words.clear}
    </Link>
  );
  return (
    <Section title={words.rates} note={currency} tools={currency === undefined ? undefined : all}>
      <div aria-busy={query.isPlaceholderData}>
        <LoadedRows
          query={query}
          loading={<RowsLoading label={words.loading} />}
          empty={<NoRates currency={currency} />}
          isCounted
        >
          {(rows) => (
            <Table
              label={words.label}
              columns={columnsOf(report)}
              rows={rows}
              rowKey={(rate) => `${rate.currency} ${rate.on}`}
              narrow="scroll"
              density="compact"
            />
          )}
        </LoadedRows>
      </div>
    </Section>
  );
}

function columnsOf(report: string): readonly Column<ExchangeRate>[] {
  return [
    {
      id: 'currency',
      header: words.columns.currency,
      rowHeader: true,
      cell: ({ currency }) => (
        <Link to="/settings/currency" search={{ currency }} className="inline-link">
          {currency}
        </Link>
      ),
    },
    { id: 'on', header: words.columns.on, cell: ({ on }) => formatDay(on) },
    {
      id: 'rate',
      header: words.columns.rate,
      align: 'end',
      cell: ({ currency, rate }) => (
        <>
          <data value={rate}>{rate}</data> <span className="small">{report}</span>
          <span className="visually-hidden"> {words.rateOf(currency, report)}</span>
        </>
      ),
    },
  ];
}

function NoRates({ currency }: { readonly currency: string | undefined }) {
  const navigate = route.useNavigate();
  if (currency !== undefined) {
    const clear = <Button onPress={() => void navigate({ search: {} })}>{words.clear}</Button>;
    return <EmptyState title={words.noneMatch(currency)} icon="filter" action={clear} />;
  }
  return (
    <EmptyState title={words.none} icon="chart">
      {words.noneHint}
    </EmptyState>
  );
}
