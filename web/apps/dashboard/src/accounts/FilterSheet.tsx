import type { FacetValue } from '@keepwell/api';
import { Button, formatCount, SelectField, Sheet, TextField } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';

import { accountFacetsQuery } from '../queries/accounts/accounts';
import { readSearch } from '../shell/search';
import { texts } from '../texts';
import { accountsSearch, CHURN_KINDS, withoutFilters, type AccountsSearch, type FilterName } from './search';

const { filters: words } = texts.accounts;

const ANY = '';
const KINDS = [
  { id: ANY, label: words.any } as const,
  ...CHURN_KINDS.map((id) => ({ id, label: words.kinds[id] })),
];

export interface FilterSheetProps {
  readonly search: AccountsSearch;
  readonly onShow: (search: AccountsSearch) => void;
  readonly onClose: () => void;
}

/** Every filter; the list beside it follows each of them at once. */
export function FilterSheet({ search, onShow, onClose }: FilterSheetProps) {
  const change = (name: FilterName, text: string) => {
    const changed = readSearch(accountsSearch, { ...search, [name]: text });
    onShow({ ...search, [name]: changed[name] });
  };
  return (
    <Sheet title={words.title} closeLabel={texts.common.close} onClose={onClose}>
      <div className="accounts-sheet">
        <Range name="mrr" kind={MONEY} search={search} onChange={change} />
        <Facets search={search} onChange={change} />
        <Range name="since" kind={DAY} search={search} onChange={change} />
        <Range name="churned" kind={DAY} search={search} onChange={change} />
        <Range name="risk" kind={PERCENT} search={search} onChange={change} />
        <SelectField
          label={words.labels.kind}
          choices={KINDS}
          value={search.kind ?? ANY}
          help={words.riskHelp}
          onChange={(kind) => {
            change('kind', kind);
          }}
        />
        <div className="controls">
          <Button emphasis="primary" onPress={onClose}>
            {words.done}
          </Button>
          <Button
            emphasis="quiet"
            onPress={() => {
              onShow(withoutFilters(search));
            }}
          >
            {words.clear}
          </Button>
        </div>
      </div>
    </Sheet>
  );
}

interface FieldsProps {
  readonly search: AccountsSearch;
  readonly onChange: (name: FilterName, text: string) => void;
}

/** The filters whose values are counted by the server. */
function Facets({ search, onChange }: FieldsProps) {
  const { data: facets } = useQuery(accountFacetsQuery());
  const values = { plan: facets?.plans, country: facets?.countries, industry: facets?.industries };
  return (['plan', 'country', 'industry'] as const).map((name) => (
    <SelectField
      key={name}
      label={words.labels[name]}
      choices={choicesOf(values[name], search[name])}
      value={search[name] ?? ANY}
      onChange={(value) => {
        onChange(name, value);
      }}
    />
  ));
}

interface RangeProps extends FieldsProps {
  readonly name: 'mrr' | 'since' | 'churned' | 'risk';
  readonly kind: FieldKind;
}

function Range({ name, kind, search, onChange }: RangeProps) {
  const ends = [`${name}_from`, `${name}_to`] as const;
  return (
    <fieldset className="accounts-range">
      <legend className="field-label">
        {kind.isPercent === true ? words.riskLabel : words.labels[name]}
      </legend>
      {ends.map((end, index) => (
        <RangeEnd
          key={`${end} ${search[end] ?? ''}`}
          label={kind.labels[index] ?? ''}
          kind={kind}
          value={search[end]}
          onChange={(text) => {
            onChange(end, text);
          }}
        />
      ))}
    </fieldset>
  );
}

interface FieldKind {
  readonly type: 'text' | 'date';
  readonly labels: readonly string[];
  readonly isPercent?: boolean;
}

const MONEY: FieldKind = { type: 'text', labels: [words.least, words.most] };
const DAY: FieldKind = { type: 'date', labels: [words.first, words.last] };
const PERCENT: FieldKind = { type: 'text', labels: [words.least, words.most], isPercent: true };

interface RangeEndProps {
  readonly label: string;
  readonly kind: FieldKind;
  readonly value: string | number | undefined;
  readonly onChange: (text: string) => void;
}

/** One end of a range. It is used when the reader leaves the field or presses Enter, not while they type. */
function RangeEnd({ label, kind: { type, isPercent = false }, value, onChange }: RangeEndProps) {
  const shown =
    value === undefined ? '' : isPercent ? String(Math.round(Number(value) * 1e4) / 100) : String(value);
  const use = (typed: string) => {
    const text = typed.trim().replace('%', '');
    if (text !== shown) onChange(isPercent && text !== '' ? String(Number(text) / 100) : text);
  };
  return (
    <TextField
      label={label}
      type={type}
      inputMode={type === 'text' ? 'decimal' : undefined}
      defaultValue={shown}
      onBlur={(event) => {
        use(event.target.value);
      }}
      onKeyDown={(event) => {
        if (event.key === 'Enter') use(event.currentTarget.value);
      }}
    />
  );
}

/** The values in use with their counts, and the chosen one even if no account has it any more. */
function choicesOf(values: readonly FacetValue[] = [], chosen: string | undefined) {
  const known = values.map(({ value, accounts }) => ({
    id: value,
    label: words.withCount(value, formatCount(accounts)),
  }));
  const isKnown = chosen === undefined || values.some(({ value }) => value === chosen);
  return [{ id: ANY, label: words.any }, ...(isKnown ? [] : [{ id: chosen, label: chosen }]), ...known];
}
