import { useEffect, useId, useRef } from 'react';

import { texts } from '../texts';
import { SignInBox } from './SignInBox';

export interface SignInDialogProps {
  /** Of the member whose session has ended. */
  readonly email: string;
  readonly onCheck: () => void;
}

/** Asks to sign in over the page, which keeps what was typed. Nothing closes it but a session. */
export function SignInDialog({ email, onCheck }: SignInDialogProps) {
  const dialog = useRef<HTMLDialogElement>(null);
  const titleId = useId();
  useEffect(() => {
    dialog.current?.showModal();
  }, []);
  // A link or a provider signs in in another tab.
  useEffect(() => {
    window.addEventListener('focus', onCheck);
    return () => {
      window.removeEventListener('focus', onCheck);
    };
  }, [onCheck]);
  return (
    <dialog
      ref={dialog}
      className="dialog"
      aria-labelledby={titleId}
      onCancel={(event) => {
        event.preventDefault();
      }}
      onClose={() => dialog.current?.showModal()}
    >
      <div className="dialog-body">
        <h2 id={titleId}>{texts.signIn.ended}</h2>
        <p>{texts.signIn.endedLead}</p>
        <SignInBox isOverPage initialEmail={email} />
      </div>
    </dialog>
  );
}
