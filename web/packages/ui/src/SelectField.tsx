import { useId, type ReactNode } from 'react';

import { Icon } from './Icon';
import type { Choice } from './SegmentedControl';
import { FieldNote } from './TextField';

export interface SelectProps<Id extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
  readonly isDisabled?: boolean;
}

export interface SelectFieldProps<Id extends string> extends SelectProps<Id> {
  /** Hidden where its surroundings say what it chooses; screen readers still announce it. */
  readonly isLabelHidden?: boolean;
  readonly help?: ReactNode;
}

/** One choice of many. The list is the system's own, which every phone and screen reader knows. */
export function SelectField<Id extends string>({
  isLabelHidden = false,
  help,
  ...props
}: SelectFieldProps<Id>) {
  const id = useId();
  return (
    <div className="field">
      <label className={isLabelHidden ? 'visually-hidden' : 'field-label'} htmlFor={id}>
        {props.label}
      </label>
      <span className="select">
        <NativeSelect {...props} id={id} />
        <Icon name="chevron" />
      </span>
      {help === undefined ? null : <FieldNote id={`${id}-note`} help={help} />}
    </div>
  );
}

export interface FilterChipProps<Id extends string> extends SelectProps<Id> {
  /** The choice that filters nothing. */
  readonly neutral: Id;
}

/** A filter over a table: its name and its choice in one line. */
export function FilterChip<Id extends string>({ neutral, ...props }: FilterChipProps<Id>) {
  const chosen = props.choices.find((choice) => choice.id === props.value);
  return (
    <span className={props.value === neutral ? 'chip' : 'chip chip-set'}>
      <span className="chip-label" aria-hidden="true">
        {props.label}
      </span>
      <span className="chip-value cut" aria-hidden="true">
        {chosen?.label ?? props.value}
      </span>
      <Icon name="chevron" />
      <NativeSelect {...props} />
    </span>
  );
}

function NativeSelect<Id extends string>(props: SelectProps<Id> & { readonly id?: string }) {
  const { id, label, choices, value, onChange, isDisabled } = props;
  return (
    <select
      id={id}
      aria-label={id === undefined ? label : undefined}
      value={value}
      disabled={isDisabled}
      onChange={(event) => {
        const chosen = choices.find((choice) => choice.id === event.target.value);
        if (chosen !== undefined) onChange(chosen.id);
      }}
    >
      {choices.map((choice) => (
        <option key={choice.id} value={choice.id}>
          {choice.label}
        </option>
      ))}
    </select>
  );
}
