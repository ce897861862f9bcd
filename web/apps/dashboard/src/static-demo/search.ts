import { requestName } from './names';

interface Row {
  readonly name: string;
  readonly external_id: string;
}

interface Page {
  readonly items: readonly Row[];
  readonly next: string | null;
}

/** The answer to a request that is recorded, or undefined. */
export type Recorded = (name: string) => Promise<Response | undefined>;

const PAGE_SIZE = '100';
/** The cursor of a page that is not recorded. */
const NO_CURSOR = 'not-recorded';

/**
 * The accounts whose name or id has the text of `q` in it, in any case, as the server finds them: from the recorded list with
 * the same filters. Undefined if that list, or a part of it, is not recorded.
 */
export async function foundAccounts(url: URL, recorded: Recorded): Promise<Response | undefined> {
  const wanted = url.searchParams.get('q')?.toLowerCase();
  if (url.pathname !== '/v1/accounts' || wanted === undefined || url.searchParams.has('cursor')) return;
  const rows = await allRows(url, recorded);
  if (rows === undefined) return;
  const found = rows.filter((row) => `${row.name} ${row.external_id}`.toLowerCase().includes(wanted));
  const limit = Number(url.searchParams.get('limit') ?? PAGE_SIZE);
  return Response.json({ items: found.slice(0, limit), next: found.length > limit ? NO_CURSOR : null });
}

async function allRows(url: URL, recorded: Recorded): Promise<Row[] | undefined> {
  const list = new URL(url);
  list.searchParams.delete('q');
  list.searchParams.set('limit', PAGE_SIZE);
  const rows: Row[] = [];
  for (;;) {
    const answer = await recorded(requestName(list));
    if (answer === undefined) return;
    const { items, next } = (await answer.json()) as Page;
    rows.push(...items);
    if (next === null) return rows;
    list.searchParams.set('cursor', next);
  }
}
