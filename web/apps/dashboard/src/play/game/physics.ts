import type { MatchState } from './match-state';

/** The values of the physical constants, by name. */
export type Constants = Readonly<Record<string, number>>;

/** The constants of the match as last reported; the defaults before that. */
export function constantsOf({ parts, timeline }: MatchState): Constants {
  const score = timeline.latest?.score;
  return Object.fromEntries(
    parts.catalogue.physics.map((each) => [each.name, score?.[each.name] ?? each.default]),
  );
}

/** Those that differ from their defaults: what a profile keeps. */
export function changedConstants({ parts: { catalogue } }: MatchState, constants: Constants): Constants {
  const changed = catalogue.physics.filter((each) => constants[each.name] !== each.default);
  return Object.fromEntries(changed.map(({ name }) => [name, constants[name] ?? 0]));
}

/** Sets the constants of a profile, and all others to their defaults; sends only what differs from the match. */
export function applyProfile(state: MatchState, profile: Constants): void {
  const now = constantsOf(state);
  state.parts.catalogue.physics.forEach((each, number) => {
    const value = profile[each.name] ?? each.default;
    if (now[each.name] !== value) state.send('SetConstant', number, value);
  });
}
