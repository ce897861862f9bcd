import { Button, Dialog } from '@keepwell/ui';

import { texts } from '../texts';
import './conflict.css';

export interface ConflictField {
  readonly name: string;
  readonly label: string;
  /** How a value reads, if it is not shown as it is. */
  readonly show?: (value: unknown) => string;
}

export interface ConflictDialogProps {
  /** What both have changed, such as "these settings". */
  readonly what: string;
  /** The fields that were changed here, with what they became. */
  readonly mine: Readonly<Record<string, unknown>>;
  /** All of it, as the server has it now; null if it could not be read. */
  readonly theirs: unknown;
  readonly fields: readonly ConflictField[];
  readonly onKeepMine: () => void;
  readonly onTakeTheirs: () => void;
  /** Neither: what was typed stays in its form. */
  readonly onLater: () => void;
}

const words = texts.forms.conflict;

/** Two members changed the same: both versions side by side, and one is chosen. */
export function ConflictDialog(props: ConflictDialogProps) {
  const { what, mine, theirs, fields, onKeepMine, onTakeTheirs, onLater } = props;
  const there = recordOf(theirs);
  const changed = fields.filter(({ name }) => name in mine);
  return (
    <Dialog title={words.title(what)} isWide onClose={onLater}>
      <p className="prose">{there === null ? words.gone : words.detail}</p>
      <div className="conflict">
        <Version
          title={words.theirs}
          fields={changed}
          values={there ?? {}}
          action={words.takeTheirs}
          onChoose={onTakeTheirs}
        />
        <Version
          title={words.mine}
          fields={changed}
          values={mine}
          action={words.keepMine}
          onChoose={there === null ? undefined : onKeepMine}
        />
      </div>
      <div className="form-actions">
        <Button emphasis="quiet" onPress={onLater}>
          {words.later}
        </Button>
      </div>
    </Dialog>
  );
}

interface VersionProps {
  readonly title: string;
  readonly fields: readonly ConflictField[];
  readonly values: Readonly<Record<string, unknown>>;
  readonly action: string;
  readonly onChoose: (() => void) | undefined;
}

function Version({ title, fields, values, action, onChoose }: VersionProps) {
  return (
    <section className="conflict-version" aria-label={title}>
      <h3>{title}</h3>
      <dl>
        {fields.map(({ name, label, show = shown }) => (
          <div key={name}>
            <dt className="small">{label}</dt>
            <dd>
              <bdi>{show(values[name])}</bdi>
            </dd>
          </div>
        ))}
      </dl>
      {onChoose === undefined ? null : <Button onPress={onChoose}>{action}</Button>}
    </section>
  );
}

function shown(value: unknown): string {
  if (value === null || value === undefined || value === '') return words.empty;
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function recordOf(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : null;
}
