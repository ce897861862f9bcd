import { useId, type InputHTMLAttributes, type ReactNode } from 'react';

import { Icon } from './Icon';

export interface TextFieldProps extends Omit<
  InputHTMLAttributes<HTMLInputElement>,
  'className' | 'style' | 'onChange' | 'id'
> {
  readonly label: string;
  readonly onChange?: (text: string) => void;
  /** What to know before typing. */
  readonly help?: ReactNode;
  /** What is wrong with what was typed. */
  readonly error?: string | undefined;
}

/** A line of text in a form; uncontrolled if it has no `value`. */
export function TextField({ label, help, error, onChange, ...props }: TextFieldProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = error !== undefined || help !== undefined;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <input
        {...props}
        id={id}
        className="field-input"
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={hasNote ? noteId : undefined}
        onChange={
          onChange &&
          ((event) => {
            onChange(event.target.value);
          })
        }
      />
      {hasNote ? <FieldNote id={noteId} help={help} error={error} /> : null}
    </div>
  );
}

interface FieldNoteProps {
  readonly id: string;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
}

/** The line under a field: what is wrong, or else what to know. */
export function FieldNote({ id, help, error }: FieldNoteProps) {
  if (error === undefined) {
    return (
      <span className="small" id={id}>
        {help}
      </span>
    );
  }
  return (
    <span className="field-error" id={id} role="alert">
      <Icon name="alert" />
      {error}
    </span>
  );
}
