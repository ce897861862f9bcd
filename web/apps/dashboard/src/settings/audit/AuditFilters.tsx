import { FilterChip, Icon } from '@keepwell/ui';
import { useState } from 'react';

import { texts } from '../../texts';
import type { AuditSearch } from './search';

const { filters, formerMember } = texts.settings.audit;

export interface AuditFiltersProps {
  readonly search: AuditSearch;
  readonly members: ReadonlyMap<string, string>;
  readonly onChange: (changed: AuditSearch) => void;
}

export function AuditFilters({ search, members, onChange }: AuditFiltersProps) {
  const known = [...members].map(([id, label]) => ({ id, label }));
  const former =
    search.member !== undefined && !members.has(search.member)
      ? [{ id: search.member, label: formerMember }]
      : [];
  return (
    <div className="controls settings-filters">
      <FilterChip
        label={filters.who}
        neutral="anybody"
        value={search.member ?? 'anybody'}
        choices={[{ id: 'anybody', label: filters.anybody }, ...known, ...former]}
        onChange={(by) => {
          onChange({ member: by === 'anybody' ? undefined : by });
        }}
      />
      {(['action', 'subject'] as const).map((name) => (
        <TextFilter
          key={`${name} ${search[name] ?? ''}`}
          label={filters[name]}
          placeholder={filters[`${name}Placeholder`]}
          value={search[name]}
          onChange={(text) => {
            onChange({ [name]: text });
          }}
        />
      ))}
      {(['from', 'to'] as const).map((name) => (
        <label key={name} className={search[name] === undefined ? 'chip' : 'chip chip-set'}>
          <span className="chip-label">{filters[name]}</span>
          <input
            type="date"
            className="audit-input"
            value={search[name] ?? ''}
            onChange={(event) => {
              onChange({ [name]: event.target.value === '' ? undefined : event.target.value });
            }}
          />
        </label>
      ))}
    </div>
  );
}

interface TextFilterProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string | undefined;
  readonly onChange: (text: string | undefined) => void;
}

/** Filters by a text when Enter is pressed or the field is left. */
function TextFilter({ label, placeholder, value, onChange }: TextFilterProps) {
  const [text, setText] = useState(value ?? '');
  const apply = () => {
    if (text.trim() !== (value ?? '')) onChange(text.trim() === '' ? undefined : text.trim());
  };
  return (
    <span className={value === undefined ? 'chip' : 'chip chip-set'}>
      <label className="audit-filter">
        <span className="chip-label">{label}</span>
        <input
          className="audit-input"
          size={14}
          placeholder={placeholder}
          value={text}
          onChange={(event) => {
            setText(event.target.value);
          }}
          onBlur={apply}
          onKeyDown={(event) => {
            if (event.key === 'Enter') apply();
          }}
        />
      </label>
      {value === undefined ? null : (
        <button
          type="button"
          className="audit-clear"
          aria-label={filters.remove(`${label} ${value}`)}
          onClick={() => {
            onChange(undefined);
          }}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}
