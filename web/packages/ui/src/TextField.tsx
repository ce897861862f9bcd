import { Input, Label, TextField as AriaTextField } from 'react-aria-components';

export interface TextFieldProps {
  readonly label: string;
  /** The name of the value in the form's data. */
  readonly name: string;
  readonly type: 'email' | 'password' | 'text';
  /** What a browser or a password manager may fill in. */
  readonly autoComplete: string;
}

/** A required line of text in a form. */
export function TextField({ label, ...props }: TextFieldProps) {
  return (
    <AriaTextField className="text-field" isRequired {...props}>
      <Label className="text-field-label">{label}</Label>
      <div className="field-box">
        <Input className="text-field-input" />
      </div>
    </AriaTextField>
  );
}
