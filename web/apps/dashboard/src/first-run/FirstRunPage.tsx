import { Page } from '../shell/Page';
import { texts } from '../texts';
import { FirstRun } from './FirstRun';

/** The start page of a workspace without accounts. */
export function FirstRunPage() {
  const { title, purpose } = texts.firstRun;
  return (
    <Page title={title} purpose={purpose} search={{}}>
      <FirstRun />
    </Page>
  );
}
