import type { CaseContact } from '@keepwell/api';
import { Button, Icon } from '@keepwell/ui';
import { lazy, Suspense, useState } from 'react';

import { useMay } from '../shell/session';
import { texts } from '../texts';
import type { CaseOf } from './use-record-contact';

const words = texts.cases.record;

/** The list is read without it. */
const ContactDialog = lazy(async () => ({ default: (await import('./ContactDialog')).ContactDialog }));

export interface RecordContactProps {
  readonly of: CaseOf;
  readonly isHeld?: boolean;
  readonly channel?: CaseContact['channel'];
  /** In a row there is room for the icon alone. */
  readonly iconOnly?: boolean;
}

/** A button that records a contact, for members who follow up. */
export function RecordContact({
  of,
  isHeld = false,
  channel = 'phone',
  iconOnly = false,
}: RecordContactProps) {
  const [isOpen, setOpen] = useState(false);
  if (!useMay('follow-up')) return null;
  return (
    <>
      <Button
        size="small"
        emphasis={iconOnly ? 'quiet' : 'secondary'}
        iconOnly={iconOnly}
        aria-label={words.named(of.account)}
        onPress={() => {
          setOpen(true);
        }}
      >
        <Icon name={iconOnly ? 'check' : 'plus'} />
        {iconOnly ? null : words.action}
      </Button>
      {isOpen ? (
        <Suspense>
          <ContactDialog
            of={of}
            isHeld={isHeld}
            channel={channel}
            onClose={() => {
              setOpen(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}
