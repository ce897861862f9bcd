import { useId, type ReactNode } from 'react';

export interface Choice<Id extends string> {
  readonly id: Id;
  readonly label: string;
  readonly icon?: ReactNode;
}

export interface SegmentedControlProps<Id extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
  /** Shows only the icons; the labels are for screen readers. */
  readonly iconsOnly?: boolean;
}

/** One choice of a few that are all visible. */
export function SegmentedControl<Id extends string>(props: SegmentedControlProps<Id>) {
  const { label, choices, value, onChange, iconsOnly = false } = props;
  const name = useId();
  return (
    <div className="segments" role="radiogroup" aria-label={label}>
      {choices.map((choice) => (
        <label key={choice.id} className="segment">
          <input
            type="radio"
            name={name}
            aria-label={choice.label}
            checked={choice.id === value}
            onChange={() => {
              onChange(choice.id);
            }}
          />
          {choice.icon}
          {iconsOnly ? null : choice.label}
        </label>
      ))}
    </div>
  );
}
