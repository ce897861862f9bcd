import { Button, ListBox, ListBoxItem, Popover, Select, SelectValue } from 'react-aria-components';

import { Icon } from './Icon';
import type { Choice } from './SegmentedControl';

export interface SelectFieldProps<Id extends string> {
  readonly label: string;
  readonly choices: readonly Choice<Id>[];
  readonly value: Id;
  readonly onChange: (id: Id) => void;
}

/** One choice of many, in a dropdown list. */
export function SelectField<Id extends string>({ label, choices, value, onChange }: SelectFieldProps<Id>) {
  const choose = (key: unknown) => {
    const chosen = choices.find((choice) => choice.id === key);
    if (chosen !== undefined) onChange(chosen.id);
  };
  return (
    <Select aria-label={label} value={value} onChange={choose}>
      <Button className="field-box select-trigger">
        <SelectValue />
        <Icon name="chevron" />
      </Button>
      <Popover className="select-popover">
        <ListBox items={choices}>
          {(choice) => <ListBoxItem className="select-option">{choice.label}</ListBoxItem>}
        </ListBox>
      </Popover>
    </Select>
  );
}
