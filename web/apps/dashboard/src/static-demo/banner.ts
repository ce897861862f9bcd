/** The strip that says what this is, above every page; returns how to say more in it. */
export function showBanner(instant: string): (more: string) => void {
  const banner = document.createElement('aside');
  banner.className = 'static-demo';
  banner.setAttribute('aria-label', 'Static demo');
  const day = new Intl.DateTimeFormat('en', { dateStyle: 'long', timeZone: 'UTC' }).format(
    Date.parse(instant),
  );
  const said = document.createElement('p');
  said.append(strong('Static demo'), ` with synthetic data, as of ${day}, read-only`);
  const more = document.createElement('p');
  more.setAttribute('role', 'status');
  banner.append(said, more);
  document.body.prepend(banner);
  return (text) => {
    more.textContent = text;
  };
}

function strong(text: string): HTMLElement {
  const element = document.createElement('strong');
  element.textContent = text;
  return element;
}
