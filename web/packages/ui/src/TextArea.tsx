import { useId, type ReactNode } from 'react';

import { FieldNote } from './TextField';

export interface TextAreaProps {
  readonly label: string;
  readonly value: string;
  readonly onChange: (text: string) => void;
  readonly rows?: number;
  readonly help?: ReactNode;
  readonly error?: string | undefined;
  readonly isDisabled?: boolean;
  /** For code, such as a JSON Schema. */
  readonly isCode?: boolean;
}

/** Several lines of text in a form. */
export function TextArea({ label, value, onChange, rows = 3, help, error, ...props }: TextAreaProps) {
  const id = useId();
  const noteId = `${id}-note`;
  const hasNote = error !== undefined || help !== undefined;
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <textarea
        id={id}
        className={props.isCode === true ? 'field-input field-code' : 'field-input'}
        rows={rows}
        value={value}
        disabled={props.isDisabled}
        spellCheck={props.isCode === true ? false : undefined}
        aria-invalid={error === undefined ? undefined : true}
        aria-describedby={hasNote ? noteId : undefined}
        onChange={(event) => {
          onChange(event.target.value);
        }}
      />
      {hasNote ? <FieldNote id={noteId} help={help} error={error} /> : null}
    </div>
  );
}
