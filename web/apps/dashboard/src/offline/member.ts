import { actIn, type SessionView } from '@keepwell/api';
import { hashKey, type Query, type QueryClient } from '@tanstack/react-query';

import { buildOfPage } from './browser/build';
import { Keeper } from './keeper';
import { outbox } from './outbox/of-this-tab';
import { forgetReader, hasLeft, keepFor, keptFor, ownerOf, workspaceOf } from './browser/reader';
import { forgetEverything, onReaderChanged, queriesTable, sayReaderChanged, SESSION_KEY } from './shared';

/** What is on disk is shown if it can be read this fast; otherwise the page begins without it. */
const LONGEST_WAIT = 400;
const PRUNE_AFTER = 10_000;

/**
 * Keeps answers and writes for the member who is signed in. Resolves when the pages can be shown: with what is on disk,
 * if the same member is still signed in. `onMember` is called whenever another member begins, and when nobody is
 * signed in any more.
 */
export async function startOffline(
  client: QueryClient,
  onMember: (isSignedIn: boolean) => void,
): Promise<void> {
  await new MemberOfTab(client, onMember).start();
}

class MemberOfTab {
  /** The owner of these pages, also after the session has ended, when the page asks to sign in again. */
  private owner: string | null = null;
  private isSignedIn = false;
  /** What the member may do, as the last answer said: what is kept was read by it. */
  private rights: string | null = null;
  private readonly keeper: Keeper;

  constructor(
    private readonly client: QueryClient,
    private readonly onMember: (isSignedIn: boolean) => void,
  ) {
    this.keeper = new Keeper(client, queriesTable(), buildOfPage());
  }

  async start(): Promise<void> {
    const { client, keeper } = this;
    keeper.start();
    outbox.onEnded = (affects) => {
      for (const queryKey of affects) void client.invalidateQueries({ queryKey });
    };
    outbox.onSignedOut = () => void client.invalidateQueries({ queryKey: SESSION_KEY });
    onReaderChanged((change) => {
      if (change === 'left') void forgetEverything(client);
      else void client.invalidateQueries({ queryKey: SESSION_KEY });
    });
    this.followSession();
    setTimeout(() => void keeper.prune(), PRUNE_AFTER);
    const owner = keptFor();
    if (owner === null) return;
    await Promise.race([keeper.restore(hashKey(SESSION_KEY)), paused(LONGEST_WAIT)]);
    void this.begin(owner);
  }

  private followSession(): void {
    this.client.getQueryCache().subscribe((event) => {
      const query = event.query as Query;
      if (event.type !== 'updated' || isOfMember(query)) return;
      const { type } = event.action;
      const { data, error } = query.state;
      if (data !== undefined) void this.noteRights(data as SessionView);
      if (type === 'success') void this.begin(ownerOfSession(data as SessionView));
      if (type === 'error' && error?.isSignedOut === true) void this.end();
    });
  }

  private async begin(owner: string): Promise<void> {
    const before = this.owner;
    const isNew = keptFor() !== owner;
    if (this.isSignedIn && before === owner && !isNew) return;
    this.owner = owner;
    this.isSignedIn = true;
    actIn(workspaceOf(owner));
    keepFor(owner);
    if (before !== null && before !== owner) this.forgetPages();
    if (isNew) {
      sayReaderChanged('begun');
      await this.keeper.prune();
    }
    await outbox.openFor(owner);
    this.onMember(true);
  }

  /**
   * The session has ended: what is kept of answers is erased, and what waits to be sent waits for the same member. What is
   * on screen stays, so that a form is not lost by signing in again.
   */
  private async end(): Promise<void> {
    if (!this.isSignedIn && keptFor() === null) return;
    this.isSignedIn = false;
    actIn(null);
    if (!hasLeft()) forgetReader();
    this.onMember(false);
    await Promise.all([this.keeper.erase(), outbox.openFor(null)]);
  }

  /** With another role, what was read by the former one goes: it may show what this one may not see. */
  private async noteRights({ workspace, member, permissions }: SessionView): Promise<void> {
    const before = this.rights;
    this.rights = [workspace.id, member.id, ...permissions].join(' ');
    if (before === null || before === this.rights) return;
    this.forgetPages();
    await this.keeper.erase();
  }

  /** The pages on screen begin again, with what the new member may see. */
  private forgetPages(): void {
    this.client.removeQueries({ predicate: isOfMember, type: 'inactive' });
    void this.client.resetQueries({ predicate: isOfMember });
  }
}

function isOfMember({ queryKey }: Pick<Query, 'queryKey'>): boolean {
  return queryKey[0] !== SESSION_KEY[0];
}

function ownerOfSession({ workspace, member }: SessionView): string {
  return ownerOf(workspace.id, member.id);
}

function paused(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
