/** A signing secret that was just made. */
export interface ShownSecret {
  readonly title: string;
  readonly note: string;
  readonly secret: string;
}
