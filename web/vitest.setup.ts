import { configure } from '@testing-library/dom';

// The default of one second is too short on a busy machine; a query that succeeds waits no longer than before.
configure({ asyncUtilTimeout: 15_000 });

// happy-dom has no popovers; where a test opens a menu, its content is in the page all the time.
if (typeof HTMLElement !== 'undefined' && !('hidePopover' in HTMLElement.prototype)) {
  Object.assign(HTMLElement.prototype, { hidePopover: () => undefined });
}
