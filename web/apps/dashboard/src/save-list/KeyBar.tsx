import { Keys } from '@keepwell/ui';

import { texts } from '../texts';

const { keys } = texts.saveList;

/** The keys of the page, always in sight where there is a keyboard. */
export function KeyBar() {
  return (
    <div className="key-bar">
      <span>
        <Keys keys={['J', 'K']} /> {keys.move}
      </span>
      <span>
        <Keys keys={['Enter']} /> {keys.openShort}
      </span>
      <span>
        <Keys keys={['C']} /> {keys.call.toLowerCase()}
      </span>
      <span>
        <Keys keys={['M']} /> {keys.mail.toLowerCase()}
      </span>
      <span>
        <Keys keys={['?']} /> {keys.all}
      </span>
    </div>
  );
}
