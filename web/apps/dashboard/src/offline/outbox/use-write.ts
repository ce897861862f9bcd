import { ApiError, send, type Endpoint, type Problem } from '@keepwell/api';
import { useMutation, useQueryClient, type QueryClient, type QueryKey } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import * as v from 'valibot';

import { newId } from '../browser/ids';
import { outbox } from './of-this-tab';
import type { Result } from './sending';
import type { NewWrite, Version } from './write';

export interface WriteOptions<Variables, Answer> {
  readonly endpoint: (variables: Variables) => Endpoint<Answer>;
  /** What it does, in words, for the list of what could not be sent: "Rename to Nia". */
  readonly label: (variables: Variables) => string;
  /** What it changes; writes of one subject are sent in order. By default the endpoint's path. */
  readonly subject?: (variables: Variables) => string;
  /** The ETag of what the member saw. */
  readonly ifMatch?: (variables: Variables) => string | null;
  /** What the pages show until the server has answered; taken back if it refuses. See `shown`. */
  readonly shows?: (variables: Variables) => readonly Shown[];
  /** The queries to ask for again when it has ended. */
  readonly affects?: (variables: Variables) => readonly QueryKey[];
  readonly onSaved?: (answer: Answer | undefined, variables: Variables) => void;
  /** The request or its answer has a secret (a token, a password): it never waits on disk, and fails without the server. */
  readonly isSecret?: boolean;
}

/** A change of what the queries below a key show. */
export interface Shown {
  readonly key: QueryKey;
  readonly change: (data: unknown) => unknown;
}

/** Types a change for `shows`: `shown<Member[]>(['members'], (members) => ...)`. */
export function shown<Data>(key: QueryKey, change: (data: Data) => Data): Shown {
  return { key, change: (data) => change(data as Data) };
}

/** Somebody else has changed what this write changes: both, to be shown side by side. */
export interface Conflict<Variables> {
  readonly mine: Variables;
  /** Null if it could not be read. */
  readonly theirs: Version | null;
}

export type WriteState = 'idle' | 'sending' | 'waiting' | 'saved' | 'refused' | 'conflict';

export interface WriteHandle<Variables> {
  readonly write: (variables: Variables) => void;
  /** `waiting`: the server cannot be reached; it is sent when it can, also after a restart of the browser. */
  readonly state: WriteState;
  readonly error: ApiError | null;
  readonly conflict: Conflict<Variables> | null;
  /** Writes mine over theirs. */
  readonly keepMine: () => void;
  /** Forgets the error or conflict; the pages show what the server has. */
  readonly reset: () => void;
}

/** Makes a change through the outbox: shown at once, sent once, taken back visibly if the server refuses it. */
export function useWrite<Variables, Answer>(
  options: WriteOptions<Variables, Answer>,
): WriteHandle<Variables> {
  const client = useQueryClient();
  const isOnPage = useIsOnPage();
  const [isWaiting, setIsWaiting] = useState(false);
  const mutation = useMutation({
    mutationFn: ({ variables, ifMatch }: Attempted<Variables>) =>
      options.isSecret === true
        ? send(options.endpoint(variables), { ifMatch, idempotencyKey: newId() })
        : stored(options, { variables, ifMatch }, setIsWaiting),
    onMutate: ({ variables }) => showAt(client, options.shows?.(variables) ?? []),
    onError: (error, _variables, before) => {
      for (const [key, data] of before ?? []) client.setQueryData(key, data);
      if (error instanceof WriteRefused && !error.hasWaited && isOnPage.current)
        void outbox.takeOver(error.id);
    },
    onSuccess: (answer, { variables }) => options.onSaved?.(answer, variables),
    onSettled: (_answer, _error, { variables }) => {
      setIsWaiting(false);
      if (options.isSecret === true) invalidate(client, options.affects?.(variables) ?? []);
    },
  });
  const { error, variables: attempted } = mutation;
  const conflict = conflictOf(error, attempted?.variables);
  const write = (variables: Variables) => {
    mutation.mutate({ variables, ifMatch: options.ifMatch?.(variables) ?? null });
  };
  const keepMine = () => {
    if (conflict !== null)
      mutation.mutate({ variables: conflict.mine, ifMatch: conflict.theirs?.etag ?? null });
  };
  const state = stateOf({ ...mutation, isWaiting, isConflict: conflict !== null });
  return { write, state, error, conflict, keepMine, reset: mutation.reset };
}

interface Attempted<Variables> {
  readonly variables: Variables;
  readonly ifMatch: string | null;
}

/** What a write in the outbox ended with. */
export class WriteRefused extends ApiError {
  constructor(
    problem: Problem,
    readonly id: string,
    readonly theirs: Version | null,
    /** It waited for the server: the member may have left the page, so the tray goes on showing it. */
    readonly hasWaited: boolean,
  ) {
    super(problem);
    this.name = 'WriteRefused';
  }
}

function stored<Variables, Answer>(
  options: WriteOptions<Variables, Answer>,
  { variables, ifMatch }: Attempted<Variables>,
  onWaiting: (isWaiting: boolean) => void,
): Promise<Answer | undefined> {
  const endpoint = options.endpoint(variables);
  const id = newId();
  let hasWaited = false;
  return new Promise((resolve, reject) => {
    const onResult = (result: Result) => {
      if (result.kind === 'waiting') onWaiting((hasWaited = true));
      else if (result.kind === 'sent') resolve(parsed(endpoint, result.answer));
      else reject(new WriteRefused(result.problem, id, result.theirs, hasWaited));
    };
    void outbox.add(toStore(options, variables, { endpoint, id, ifMatch }), onResult);
  });
}

function toStore<Variables, Answer>(
  { label, subject, affects }: WriteOptions<Variables, Answer>,
  variables: Variables,
  {
    endpoint,
    id,
    ifMatch,
  }: { readonly endpoint: Endpoint<Answer>; readonly id: string; readonly ifMatch: string | null },
): NewWrite {
  const { method, path, body } = endpoint;
  if (method === 'GET' || body instanceof URLSearchParams)
    throw new TypeError(`${path} cannot wait in the outbox`);
  const of = {
    subject: subject?.(variables) ?? path,
    label: label(variables),
    affects: affects?.(variables) ?? [],
  };
  return { id, method, path, body, ifMatch, ...of };
}

/** Undefined if an earlier attempt had arrived, whose answer is lost. */
function parsed<Answer>({ schema }: Endpoint<Answer>, answer: unknown): Answer | undefined {
  const result = v.safeParse(schema, answer);
  return result.success ? result.output : undefined;
}

async function showAt(client: QueryClient, changes: readonly Shown[]): Promise<[QueryKey, unknown][]> {
  const before: [QueryKey, unknown][] = [];
  for (const { key: queryKey, change } of changes) {
    const found = client.getQueriesData({ queryKey }).filter(([, data]) => data !== undefined);
    // Their answers may be from before the change. Cancelling also takes back what was restored from disk meanwhile.
    await client.cancelQueries({ queryKey });
    for (const [key, data] of found) client.setQueryData(key, change(data));
    before.push(...found);
  }
  return before;
}

function invalidate(client: QueryClient, keys: readonly QueryKey[]): void {
  for (const queryKey of keys) void client.invalidateQueries({ queryKey });
}

function conflictOf<Variables>(
  error: ApiError | null,
  mine: Variables | undefined,
): Conflict<Variables> | null {
  if (!(error instanceof WriteRefused) || error.problem.status !== 412 || mine === undefined) return null;
  return { mine, theirs: error.theirs };
}

function stateOf(of: {
  readonly status: 'idle' | 'pending' | 'success' | 'error';
  readonly isWaiting: boolean;
  readonly isConflict: boolean;
}): WriteState {
  if (of.status === 'pending') return of.isWaiting ? 'waiting' : 'sending';
  if (of.status === 'error') return of.isConflict ? 'conflict' : 'refused';
  return of.status === 'success' ? 'saved' : 'idle';
}

function useIsOnPage() {
  const isOnPage = useRef(false);
  useEffect(() => {
    isOnPage.current = true;
    return () => {
      isOnPage.current = false;
    };
  }, []);
  return isOnPage;
}
