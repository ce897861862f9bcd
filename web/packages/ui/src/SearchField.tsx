import type { Ref } from 'react';

import { Icon } from './Icon';

export interface SearchFieldProps {
  readonly label: string;
  readonly placeholder: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly clearLabel?: string;
  readonly inputRef?: Ref<HTMLInputElement>;
}

/** A field that filters what is below it while the reader types. Escape empties it. */
export function SearchField(props: SearchFieldProps) {
  const { label, placeholder, value, onChange, clearLabel = 'Clear search', inputRef } = props;
  return (
    <span className="search field-box">
      <Icon name="search" />
      <input
        ref={inputRef}
        type="search"
        className="search-input"
        aria-label={label}
        placeholder={placeholder}
        value={value}
        onChange={(event) => {
          onChange(event.target.value);
        }}
        onKeyDown={(event) => {
          if (event.key === 'Escape' && value !== '') onChange('');
        }}
      />
      {value === '' ? null : (
        <button
          type="button"
          className="search-clear"
          aria-label={clearLabel}
          onClick={() => {
            onChange('');
          }}
        >
          <Icon name="close" />
        </button>
      )}
    </span>
  );
}
