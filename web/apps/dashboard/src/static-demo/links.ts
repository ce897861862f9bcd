import { isAsked } from './names';

const REVOKED_AFTER_MILLISECONDS = 60_000;

/**
 * Follows links that a server would answer: a download comes from the recording, and a page of the build is looked for below
 * `base`. All others are the router's.
 */
export function followLinks(base: string, say: (text: string) => void): void {
  document.addEventListener(
    'click',
    (event) => {
      const link = event.target instanceof Element ? event.target.closest('a[href]') : null;
      if (!(link instanceof HTMLAnchorElement) || link.origin !== location.origin) return;
      if (isAsked(link.pathname)) {
        event.preventDefault();
        event.stopPropagation();
        void download(link, say);
      } else if (!link.pathname.startsWith(base)) link.href = base + link.pathname.slice(1) + link.search;
    },
    { capture: true },
  );
}

async function download(link: HTMLAnchorElement, say: (text: string) => void): Promise<void> {
  const response = await fetch(link.href);
  if (!response.ok) {
    say('This file is not part of the static demo.');
    return;
  }
  const url = URL.createObjectURL(await response.blob());
  const saved = Object.assign(document.createElement('a'), { href: url });
  saved.download = link.download === '' ? (link.pathname.split('/').pop() ?? '') : link.download;
  saved.click();
  setTimeout(() => {
    URL.revokeObjectURL(url);
  }, REVOKED_AFTER_MILLISECONDS);
}
