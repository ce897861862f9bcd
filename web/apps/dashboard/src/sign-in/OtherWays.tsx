import { Command } from '@keepwell/ui';

import { texts } from '../texts';

interface OtherWaysProps {
  /** As far as it is typed: the command names it. */
  readonly email: string;
  readonly sendsMail: boolean;
}

/** For those who have no password yet, and for those whom no other way lets in. */
export function OtherWays({ email, sendsMail }: OtherWaysProps) {
  const command = commandFor(email);
  const { invited, invitedLead, invitedWithoutMail, printed, printedLead } = texts.signIn;
  return (
    <div className="sign-in-others">
      <details>
        <summary>{invited}</summary>
        <p>{sendsMail ? invitedLead : invitedWithoutMail}</p>
        {sendsMail ? null : <Command>{command}</Command>}
      </details>
      <details>
        <summary>{printed}</summary>
        <p>{printedLead}</p>
        <Command>./keepwell sign-in</Command>
        <Command>{command}</Command>
      </details>
    </div>
  );
}

/** The command that prints a link for a member; only an e-mail that a shell reads as one word is put into it. */
function commandFor(email: string): string {
  const named = /^[\w.+@-]+$/.test(email.trim()) ? email.trim() : 'you@example.org';
  return `./keepwell sign-in --email ${named}`;
}
