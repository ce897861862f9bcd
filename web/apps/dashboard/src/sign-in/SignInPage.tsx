import { useLocation } from '@tanstack/react-router';

import { BrandMark } from '../shell/frame/Brand';
import { usePageTitle } from '../shell/use-page-title';
import { texts } from '../texts';
import { LINK_SPENT_PATH } from './return-to';
import { SignInBox } from './SignInBox';

/** In place of any page, for visitors who are not signed in: its address stays, so they get to it afterwards. */
export function SignInPage() {
  const isLinkSpent = useLocation().pathname === LINK_SPENT_PATH;
  usePageTitle(texts.signIn.title);
  return (
    <main className="sign-in">
      <h1>
        <BrandMark />
        {texts.signIn.heading}
      </h1>
      {isLinkSpent ? (
        <p className="sign-in-refusal" role="alert">
          {texts.signIn.spent}
        </p>
      ) : null}
      <SignInBox />
    </main>
  );
}
