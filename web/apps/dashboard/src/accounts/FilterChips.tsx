import { Button, FilterChip, Icon } from '@keepwell/ui';

import { texts } from '../texts';
import { AccountSearch } from './AccountSearch';
import { filtersInWords, type FilterInWords } from './chips';
import {
  ACCOUNT_SORTS,
  ACCOUNT_STATUSES,
  DEFAULT_SORT,
  isFiltered,
  withoutFilters,
  type AccountsSearch,
  type FilterName,
} from './search';

const { filters: words, statuses, sorts } = texts.accounts;

const ANY = 'any';
const STATUS_CHOICES = [
  { id: ANY, label: words.any } as const,
  ...ACCOUNT_STATUSES.map((id) => ({ id, label: statuses[id] })),
];
const SORT_CHOICES = ACCOUNT_SORTS.map((id) => ({ id, label: sorts[id] }));

export interface FilterChipsProps {
  readonly search: AccountsSearch;
  readonly currency: string | undefined;
  readonly onShow: (search: AccountsSearch) => void;
}

/** The text, the order and the filters that are set; each filter is a chip that removes it. */
export function FilterChips({ search, currency, onShow }: FilterChipsProps) {
  const set = filtersInWords(search, currency);
  const change = (changed: AccountsSearch) => {
    onShow({ ...search, ...changed });
  };
  return (
    <div className="accounts-filters" role="group" aria-label={words.label}>
      <AccountSearch
        q={search.q}
        onSearch={(text) => {
          change({ q: text });
        }}
      />
      <FilterChip
        label={words.labels.status}
        choices={STATUS_CHOICES}
        value={search.status ?? ANY}
        neutral={ANY}
        onChange={(id) => {
          change({ status: id === ANY ? undefined : id });
        }}
      />
      <FilterChip
        label={words.order}
        choices={SORT_CHOICES}
        value={search.sort ?? DEFAULT_SORT}
        neutral={DEFAULT_SORT}
        onChange={(id) => {
          change({ sort: id === DEFAULT_SORT ? undefined : id });
        }}
      />
      {set.map((filter) => (
        <SetFilter
          key={filter.label}
          filter={filter}
          onRemove={() => {
            onShow(without(search, filter.names));
          }}
        />
      ))}
      <MoreFilters
        isOpen={search.sheet === 'filters'}
        onToggle={() => {
          change({ sheet: search.sheet === undefined ? 'filters' : undefined });
        }}
      />
      {isFiltered(search) ? (
        <Button
          emphasis="quiet"
          size="small"
          onPress={() => {
            onShow(withoutFilters(search));
          }}
        >
          {words.clear}
        </Button>
      ) : null}
    </div>
  );
}

interface MoreFiltersProps {
  readonly isOpen: boolean;
  readonly onToggle: () => void;
}

function MoreFilters({ isOpen, onToggle }: MoreFiltersProps) {
  return (
    <button type="button" className="chip" aria-expanded={isOpen} onClick={onToggle}>
      <Icon name="filter" />
      {words.more}
    </button>
  );
}

interface SetFilterProps {
  readonly filter: FilterInWords;
  readonly onRemove: () => void;
}

function SetFilter({ filter: { label, value }, onRemove }: SetFilterProps) {
  return (
    <button
      type="button"
      className="chip chip-set"
      aria-label={words.remove(label, value)}
      onClick={onRemove}
    >
      <span className="chip-label">{label}</span>
      <bdi className="chip-value cut">{value}</bdi>
      <Icon name="close" />
    </button>
  );
}

/** The address without some of its filters. */
export function without(search: AccountsSearch, names: readonly FilterName[]): AccountsSearch {
  const kept = Object.entries(search).filter(([name]) => !names.some((removed) => removed === name));
  return Object.fromEntries(kept);
}
