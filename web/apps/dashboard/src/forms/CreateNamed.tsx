import type { ApiError } from '@keepwell/api';
import { Button, Section, TextField } from '@keepwell/ui';
import type { ReactNode } from 'react';

import { FormProblem } from './FormProblem';

export interface CreateNamedProps {
  readonly words: {
    readonly title: string;
    readonly name: string;
    readonly placeholder: string;
    readonly action: string;
    readonly creating: string;
  };
  readonly className: string;
  readonly name: string;
  readonly onName: (name: string) => void;
  readonly create: { readonly error: ApiError | null; readonly isPending: boolean };
  readonly onSubmit: () => void;
  /** What has to be chosen besides a name. */
  readonly children?: ReactNode;
}

/** The form of a section that makes something with a name. */
export function CreateNamed(props: CreateNamedProps) {
  const { words, className, name, onName, create, onSubmit, children } = props;
  return (
    <Section title={words.title} isRuled>
      <form
        className={`form ${className}`}
        onSubmit={(event) => {
          event.preventDefault();
          onSubmit();
        }}
      >
        <TextField
          label={words.name}
          placeholder={words.placeholder}
          required
          maxLength={255}
          value={name}
          onChange={onName}
        />
        {children}
        <FormProblem error={create.error} />
        <div className="form-actions">
          <Button type="submit" emphasis="primary" isDisabled={create.isPending}>
            {create.isPending ? words.creating : words.action}
          </Button>
        </div>
      </form>
    </Section>
  );
}
