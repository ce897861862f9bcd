import { texts } from '../../texts';
import { chosenGroups, GROUP_IDS, toggled, type AccountSearch } from './kinds';

const words = texts.timeline;

export interface KindChipsProps {
  readonly search: AccountSearch;
  readonly onSearch: (search: AccountSearch) => void;
}

/** What the timeline shows: everything, or some kinds of it. */
export function KindChips({ search, onSearch }: KindChipsProps) {
  const chosen = chosenGroups(search);
  return (
    <div className="account-chips" role="group" aria-label={words.show}>
      <Chip
        label={words.all}
        isPressed={chosen.length === 0}
        onPress={() => {
          onSearch({});
        }}
      />
      {GROUP_IDS.map((id) => (
        <Chip
          key={id}
          label={words.groups[id]}
          isPressed={chosen.includes(id)}
          onPress={() => {
            onSearch(toggled(search, id));
          }}
        />
      ))}
    </div>
  );
}

interface ChipProps {
  readonly label: string;
  readonly isPressed: boolean;
  readonly onPress: () => void;
}

function Chip({ label, isPressed, onPress }: ChipProps) {
  return (
    <button type="button" className="chip" aria-pressed={isPressed} onClick={onPress}>
      {label}
    </button>
  );
}
