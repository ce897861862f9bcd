import { hydrate, type Query, type QueryClient } from '@tanstack/react-query';

import type { Table } from './browser/database';
import { isKept, isSmallEnough, isUsable, type KeptQuery } from './kept-queries';
import { keptFor } from './browser/reader';

/** Milliseconds to collect answers before they are written. */
const WRITE_AFTER = 100;

/** Keeps the answers of the allowed queries on disk, and gives them back before the server has answered. */
export class Keeper {
  private readonly changed = new Set<string>();
  private timer: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly client: QueryClient,
    private readonly table: Table,
    private readonly build: string,
  ) {}

  /** Reads each allowed query from disk when a page first asks for it, and writes what the server answers. */
  start(): () => void {
    return this.client.getQueryCache().subscribe((event) => {
      const query = event.query as Query;
      if (!isKept(query.queryKey)) return;
      // Also when it is looked at again: a request that was cut off takes what had been restored with it.
      const isAskedFor = event.type === 'added' || event.type === 'observerAdded';
      if (isAskedFor && query.state.data === undefined) void this.restore(query.queryHash);
      if (event.type === 'updated' && event.action.type === 'success') this.writeLater(query.queryHash);
    });
  }

  /** Shows what is on disk of a query, until the server has answered it. */
  async restore(hash: string): Promise<void> {
    const owner = keptFor();
    if (owner === null) return;
    const found = await this.table.get(hash);
    const isLate = keptFor() !== owner || this.client.getQueryCache().get(hash)?.state.data !== undefined;
    if (!isLate && isUsable(found, { owner, build: this.build, now: Date.now() })) this.show(hash, found);
  }

  /** Deletes what is on disk. */
  async erase(): Promise<void> {
    this.changed.clear();
    await this.table.clear();
  }

  /** Deletes what nobody will read again: too old, of another release, or of another member. */
  async prune(): Promise<void> {
    const owner = keptFor() ?? '';
    for (const hash of await this.table.keys()) {
      const found = await this.table.get(hash);
      if (!isUsable(found, { owner, build: this.build, now: Date.now() })) await this.table.remove(hash);
    }
  }

  private show(hash: string, { key, data, at }: KeptQuery): void {
    const state = {
      data,
      dataUpdateCount: 1,
      dataUpdatedAt: at,
      error: null,
      errorUpdateCount: 0,
      errorUpdatedAt: 0,
      fetchFailureCount: 0,
      fetchFailureReason: null,
      fetchMeta: null,
      isInvalidated: true, // so that it is asked for again, however young it is
      status: 'success' as const,
      fetchStatus: 'idle' as const,
    };
    hydrate(this.client, {
      mutations: [],
      queries: [{ queryKey: key, queryHash: hash, state, dehydratedAt: at }],
    });
  }

  private writeLater(hash: string): void {
    this.changed.add(hash);
    this.timer ??= setTimeout(() => {
      this.timer = undefined;
      void this.write();
    }, WRITE_AFTER);
  }

  private async write(): Promise<void> {
    const owner = keptFor();
    const hashes = [...this.changed];
    this.changed.clear();
    if (owner === null) return;
    for (const hash of hashes) {
      const query = this.client.getQueryCache().get(hash);
      if (query !== undefined && isSmallEnough(query.state.data)) await this.writeOne(query, owner);
    }
  }

  private async writeOne(query: Query, owner: string): Promise<void> {
    const { data, dataUpdatedAt: at } = query.state;
    const kept: KeptQuery = { owner, build: this.build, key: query.queryKey, data, at };
    if (keptFor() === owner) await this.table.set(query.queryHash, kept);
  }
}
