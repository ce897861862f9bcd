import { Button, Icon } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';

import { signInWaysQuery, useRequestLink } from '../queries/session';
import { texts } from '../texts';
import { OtherWays } from './OtherWays';
import { PasswordForm } from './PasswordForm';
import { Refusal } from './Refusal';
import { providerAddress } from './return-to';
import './sign-in.css';

interface SignInBoxProps {
  readonly isOverPage?: boolean;
  readonly initialEmail?: string;
}

/** The ways to sign in that this server has. Over a page that must stay, those that lead away open another tab. */
export function SignInBox({ isOverPage = false, initialEmail = '' }: SignInBoxProps) {
  const { data: ways } = useQuery(signInWaysQuery());
  const [email, setEmail] = useState(initialEmail);
  const link = useRequestLink();
  const sendsMail = ways?.mail === true;
  return (
    <>
      <div className={isOverPage ? 'sign-in-form' : 'sign-in-form sign-in-box'}>
        {ways?.provider === true ? <Provider isOverPage={isOverPage} /> : null}
        <PasswordForm email={email} onEmail={setEmail} sendsMail={sendsMail} />
        {sendsMail ? <MailedLink email={email} link={link} /> : null}
        {isOverPage ? <p className="small">{texts.signIn.elsewhere}</p> : null}
      </div>
      <OtherWays email={email} sendsMail={sendsMail} />
    </>
  );
}

function Provider({ isOverPage }: { readonly isOverPage: boolean }) {
  return (
    <>
      <a
        className="button button-secondary sign-in-wide"
        href={providerAddress(window.location)}
        target={isOverPage ? '_blank' : undefined}
        rel={isOverPage ? 'noopener' : undefined}
      >
        <Icon name="key" />
        {texts.signIn.provider}
      </a>
      <div className="sign-in-or">{texts.signIn.or}</div>
    </>
  );
}

interface MailedLinkProps {
  readonly email: string;
  readonly link: ReturnType<typeof useRequestLink>;
}

function MailedLink({ email, link }: MailedLinkProps) {
  const [isEmpty, setEmpty] = useState(false);
  const ask = () => {
    setEmpty(email.trim() === '');
    if (email.trim() !== '') link.mutate(email.trim());
  };
  return (
    <>
      <Button emphasis="quiet" isDisabled={link.isPending} onPress={ask}>
        <Icon name="mail" />
        {texts.signIn.mailInstead}
      </Button>
      {isEmpty ? <p role="alert">{texts.signIn.mailNeedsEmail}</p> : null}
      {link.data === undefined ? null : <p role="status">{texts.signIn.mailed(link.data.detail)}</p>}
      {link.error === null ? null : <Refusal error={link.error} />}
    </>
  );
}
