/**
 * Part of the build, but of no page: `./keepwell site` puts it before the script of each page that it writes. The page then
 * runs unchanged on recorded answers, without a server.
 */
import './static-demo.css';

import { recordedFetch } from './answers';
import { showBanner } from './banner';
import { removeServiceWorkers, setClock } from './browser';
import { followLinks } from './links';

const { base = '/', recordedAt = '' } = document.documentElement.dataset;

// A folder's address ends with a slash, and that of a page does not.
if (location.pathname !== base && location.pathname.endsWith('/'))
  history.replaceState(null, '', location.pathname.slice(0, -1) + location.search + location.hash);

const say = showBanner(recordedAt);
setClock(recordedAt);
removeServiceWorkers();
followLinks(base, say);
window.fetch = recordedFetch(window.fetch.bind(window), {
  base,
  onMissing: (request) => {
    // For the test that no page asks for what is not recorded.
    window.dispatchEvent(new CustomEvent('not-recorded', { detail: request }));
  },
});
