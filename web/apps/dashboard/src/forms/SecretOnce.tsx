import { Button, Callout, Command } from '@keepwell/ui';

import { texts } from '../texts';

export interface SecretOnceProps {
  readonly title: string;
  /** Shown under the title: what it is for. */
  readonly note?: string;
  readonly secret: string;
  readonly onDone: () => void;
}

/** A secret that is shown only now. It is nowhere else in the browser: leaving the page forgets it. */
export function SecretOnce({ title, note = texts.forms.onlyNow, secret, onDone }: SecretOnceProps) {
  return (
    <div className="secret" role="status">
      <Callout title={title}>
        <p>{note}</p>
        <Command copyLabel={texts.forms.copySecret} copiedLabel={texts.forms.copied}>
          {secret}
        </Command>
        <Button size="small" onPress={onDone}>
          {texts.forms.secretKept}
        </Button>
      </Callout>
    </div>
  );
}
