import type { ReactNode } from 'react';
import { ToggleButton, ToggleButtonGroup } from 'react-aria-components';

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
  const choose = (keys: ReadonlySet<unknown>) => {
    const chosen = choices.find((choice) => keys.has(choice.id));
    if (chosen !== undefined) onChange(chosen.id);
  };
  return (
    <ToggleButtonGroup
      className="segments"
      aria-label={label}
      selectionMode="single"
      disallowEmptySelection
      selectedKeys={[value]}
      onSelectionChange={choose}
    >
      {choices.map((choice) => (
        <ToggleButton key={choice.id} id={choice.id} className="segment" aria-label={choice.label}>
          {choice.icon}
          {iconsOnly ? null : choice.label}
        </ToggleButton>
      ))}
    </ToggleButtonGroup>
  );
}
