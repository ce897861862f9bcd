/** Where the data on screen stand against the server. */
export interface LiveStatus {
  readonly state:
    /** Not known yet. */
    | 'starting'
    /** Changes arrive at once. */
    | 'live'
    /** There is no stream at the moment: changes are asked for every 15 seconds. */
    | 'asking'
    /** The server cannot be reached. */
    | 'offline';
  /** When the server was last heard of, in milliseconds; null if never. */
  readonly heardAt: number | null;
}

export const STARTING: LiveStatus = { state: 'starting', heardAt: null };
