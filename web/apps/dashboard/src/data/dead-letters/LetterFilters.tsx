import { FilterChip, Icon } from '@keepwell/ui';

import { texts } from '../../texts';
import { JOURNALS, type LettersSearch } from './search';

const { filters, journals } = texts.data.deadLetters;

export interface LetterFiltersProps {
  readonly search: LettersSearch;
  readonly onChange: (changed: LettersSearch) => void;
}

/** Which letters are listed: where from, since when, and what was chosen in a letter. */
export function LetterFilters({ search, onChange }: LetterFiltersProps) {
  return (
    <div className="controls data-filters">
      <FilterChip
        label={filters.journal}
        neutral="any"
        value={search.journal ?? 'any'}
        choices={[
          { id: 'any', label: filters.anyJournal },
          ...JOURNALS.map((id) => ({ id, label: journals[id] })),
        ]}
        onChange={(journal) => {
          onChange({ journal: journal === 'any' ? undefined : journal });
        }}
      />
      <FilterChip
        label={filters.state}
        neutral="open"
        value={search.resolved ?? 'open'}
        choices={[
          { id: 'open', label: filters.open },
          { id: 'too', label: filters.all },
        ]}
        onChange={(resolved) => {
          onChange({ resolved: resolved === 'too' ? 'too' : undefined });
        }}
      />
      <DayField
        label={filters.from}
        day={search.from}
        onChange={(from) => {
          onChange({ from });
        }}
      />
      <DayField
        label={filters.to}
        day={search.to}
        onChange={(to) => {
          onChange({ to });
        }}
      />
      {(['code', 'field', 'source'] as const).map((name) => (
        <SetFilter
          key={name}
          label={filters[name]}
          value={search[name]}
          onRemove={() => {
            onChange({ [name]: undefined });
          }}
        />
      ))}
    </div>
  );
}

interface DayFieldProps {
  readonly label: string;
  readonly day: string | undefined;
  readonly onChange: (day: string | undefined) => void;
}

function DayField({ label, day, onChange }: DayFieldProps) {
  return (
    <label className={day === undefined ? 'chip' : 'chip chip-set'}>
      <span className="chip-label">{label}</span>
      <input
        type="date"
        className="data-day"
        value={day ?? ''}
        onChange={(event) => {
          onChange(event.target.value === '' ? undefined : event.target.value);
        }}
      />
    </label>
  );
}

interface SetFilterProps {
  readonly label: string;
  readonly value: string | undefined;
  readonly onRemove: () => void;
}

/** A filter that was chosen elsewhere, such as in a letter; it can be removed here. */
function SetFilter({ label, value, onRemove }: SetFilterProps) {
  if (value === undefined) return null;
  return (
    <button
      type="button"
      className="chip chip-set"
      aria-label={filters.remove(`${label} ${value}`)}
      onClick={onRemove}
    >
      <span className="chip-label">{label}</span>
      <bdi className="chip-value cut">{value}</bdi>
      <Icon name="close" />
    </button>
  );
}
