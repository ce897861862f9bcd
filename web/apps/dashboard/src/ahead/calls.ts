const EVERY_PAGE = ['/v1/session/workspaces'];
const ANY_ACCOUNT = '/v1/accounts?limit=1';
const ACCOUNT = /^\/accounts\/([\w-]+)$/;

const CALLS: Readonly<Record<string, readonly string[]>> = {
  '/': ['/v1/today', ANY_ACCOUNT],
  '/save-list': ['/v1/save-list?limit=20', ANY_ACCOUNT],
  '/accounts': ['/v1/accounts?limit=100'],
  '/revenue': ['/v1/metrics/mrr', ANY_ACCOUNT],
};

/**
 * The addresses that the page at a path asks for first, as its route's loader asks for them. What depends on the search of
 * the address is left to the page.
 */
export function callsOf(path: string, search: string): readonly string[] {
  const account = ACCOUNT.exec(path)?.[1];
  if (account !== undefined) return [...EVERY_PAGE, ...callsOfAccount(account)];
  return search === '' ? [...EVERY_PAGE, ...(CALLS[path] ?? [])] : EVERY_PAGE;
}

function callsOfAccount(id: string): readonly string[] {
  return [
    `/v1/accounts/${id}`,
    `/v1/accounts/${id}/timeline?kinds=score&kinds=charge&limit=100`,
    `/v1/contacts?account_id=${id}&limit=50`,
    `/v1/metrics/mrr`,
  ];
}
