import type { ReactNode } from 'react';

export interface CheckFieldProps {
  readonly label: string;
  readonly help?: ReactNode;
  readonly isOn: boolean;
  readonly onChange: (isOn: boolean) => void;
  readonly isDisabled?: boolean;
}

/** Something that is on or off. */
export function CheckField({ label, help, isOn, onChange, isDisabled }: CheckFieldProps) {
  return (
    <label className="check">
      <input
        type="checkbox"
        checked={isOn}
        disabled={isDisabled}
        onChange={(event) => {
          onChange(event.target.checked);
        }}
      />
      <span>
        {label}
        {help === undefined ? null : <span className="check-help small">{help}</span>}
      </span>
    </label>
  );
}
