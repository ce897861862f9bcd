import { Button } from '@keepwell/ui';

import { useHud, useMatch } from './context';

/** Changes between the whole map and cells that a finger can hit; absent where the whole map has such cells. */
export function NearerButton() {
  const { state } = useMatch().match;
  const { isWhole, isSmall } = useHud().sight;
  if (!isSmall) return null;
  return (
    <div className="board-nearer">
      <Button
        onPress={() => {
          state.view.toggle(state.hud.get().cursor);
        }}
      >
        {isWhole ? 'Nearer' : 'Whole map'}
      </Button>
    </div>
  );
}
