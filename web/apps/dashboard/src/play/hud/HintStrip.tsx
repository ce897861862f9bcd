import { Button } from '@keepwell/ui';
import { useState } from 'react';

import { at } from '../core/snapshot';
import { useHud, useMatch, useSettings } from './context';
import { hintFor } from './hints';
import { Sprite } from './Sprite';

/** One hint for a beginner, until they turn hints off. */
export function HintStrip() {
  const { art, match, settings } = useMatch();
  const { hints } = useSettings();
  const hud = useHud();
  const [isTouch] = useState(() => window.matchMedia('(pointer: coarse)').matches);
  const { timeline, parts } = match.state;
  const towers = timeline.latest?.towers;
  const groups = hud.plan?.groups ?? [];
  const hint = hintFor({
    hud,
    towers: towers?.count ?? 0,
    hasUpgraded: Array.from({ length: towers?.count ?? 0 }).some(
      (_, row) => towers !== undefined && at(towers.columns.variant, row) > 0,
    ),
    isFlyingNext: groups.some(([kind]) => parts.catalogue.creeps[kind]?.flying === true),
    isTouch,
  });
  if (!hints) return null;
  if (hint === null) return <div className="hint-strip hint-none" />;
  return (
    <div className="hint-strip">
      <Sprite art={art} name="icon/help" size={20} />
      <p>{hint}</p>
      <Button
        emphasis="quiet"
        aria-label="No more hints"
        onPress={() => {
          settings.change({ hints: false });
        }}
      >
        <Sprite art={art} name="icon/close" size={14} />
      </Button>
    </div>
  );
}
