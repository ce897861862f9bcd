import { useEffect, useRef } from 'react';

const FIRST_DAY = '1970-01-01';

export interface AsOfFieldProps {
  readonly on: string;
  /** Undefined asks for today again. */
  readonly onChange: (day: string | undefined) => void;
}

/** The day of the figures. The input is uncontrolled, because a half-typed date must not load anything. */
export function AsOfField({ on, onChange }: AsOfFieldProps) {
  const input = useRef<HTMLInputElement>(null);
  useEffect(() => {
    if (input.current !== null && input.current.value !== on) input.current.value = on;
  }, [on]);
  return (
    <label className="field-box as-of">
      <span className="muted">As of</span>
      <input
        ref={input}
        type="date"
        min={FIRST_DAY}
        max="9999-12-31"
        defaultValue={on}
        onChange={({ target }) => {
          if (target.value === '') onChange(undefined);
          else if (target.validity.valid) onChange(target.value);
        }}
      />
    </label>
  );
}
