/** Where a provider leads after it has signed somebody in: back to the page that they came for. */
export function providerAddress({
  pathname,
  search,
  hash,
}: Pick<Location, 'pathname' | 'search' | 'hash'>): string {
  const cameFor = pathname === LINK_SPENT_PATH ? '/' : pathname + search + hash;
  return `/sign-in/oidc?return_to=${encodeURIComponent(cameFor)}`;
}

/** The server leads there from a link that was used before. */
export const LINK_SPENT_PATH = '/link-spent';
