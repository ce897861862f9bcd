import { Button } from '@keepwell/ui';
import { useState } from 'react';

import type { LoadedMap } from '../game/art';
import type { GameSession } from '../game/game-session';
import { browserSaves, type Slot } from '../game/saves';
import { CloseButton, Dialog } from './Dialog';
import { download } from './download';
import { capitalised, difficultyName } from './labels';

export interface KeptMatchesProps {
  readonly session: GameSession;
  readonly maps: readonly LoadedMap[];
  readonly slots: readonly Slot[];
  readonly isReady: boolean;
  readonly onChange: () => void;
}

/** Every match that can be resumed. Nothing but the player deletes one. */
export function KeptMatches({ session, maps, slots, isReady, onChange }: KeptMatchesProps) {
  const [deleted, setDeleted] = useState<Slot | null>(null);
  if (slots.length === 0) return null;
  return (
    <section className="card kept-matches" aria-labelledby="kept-title">
      <h2 className="side-title" id="kept-title">
        Kept matches
      </h2>
      <ul>
        {slots.map((slot) => (
          <KeptMatch
            key={slot.name}
            slot={slot}
            playable={maps.find(({ map }) => map.id === slot.map)}
            session={session}
            isReady={isReady}
            onDelete={() => {
              setDeleted(slot);
            }}
          />
        ))}
      </ul>
      <Dialog
        title="Delete this match?"
        isOpen={deleted !== null}
        onClose={() => {
          setDeleted(null);
        }}
      >
        <p className="muted">{deleted === null ? '' : `${titleOf(deleted, maps)} cannot be resumed then.`}</p>
        <div className="game-dialog-actions">
          <CloseButton>Keep it</CloseButton>
          <Button
            emphasis="primary"
            onPress={() => {
              if (deleted !== null) void browserSaves.delete(deleted.name).then(onChange);
              setDeleted(null);
            }}
          >
            Delete
          </Button>
        </div>
      </Dialog>
    </section>
  );
}

interface KeptMatchProps {
  readonly slot: Slot;
  /** Undefined if this release does not have the map. */
  readonly playable: LoadedMap | undefined;
  readonly session: GameSession;
  readonly isReady: boolean;
  readonly onDelete: () => void;
}

function KeptMatch({ slot, playable, session, isReady, onDelete }: KeptMatchProps) {
  const title = titleOf(slot, playable === undefined ? [] : [playable]);
  return (
    <li>
      <span>
        <strong>{title}</strong> <span className="muted">{timeOf(slot.savedAt)}</span>
      </span>
      <span className="kept-actions">
        <Button
          aria-label={`Resume: ${title}`}
          isDisabled={!isReady || playable === undefined}
          onPress={() => {
            session.sound.start();
            if (playable !== undefined) session.resume(playable, slot);
          }}
        >
          Resume
        </Button>
        <Button
          aria-label={`Save as a file: ${title}`}
          onPress={() => {
            const [save] = slot.saves;
            if (save !== undefined) download(`${slot.map}-wave-${slot.wave}.bulwark`, save);
          }}
        >
          Save as a file
        </Button>
        <Button emphasis="quiet" aria-label={`Delete: ${title}`} onPress={onDelete}>
          Delete
        </Button>
      </span>
    </li>
  );
}

function titleOf({ map: id, difficulty, wave }: Slot, maps: readonly LoadedMap[]): string {
  const name = maps.find(({ map }) => map.id === id)?.map.name ?? capitalised(id);
  return `${name}, ${difficultyName(difficulty)}, after wave ${wave}`;
}

function timeOf(savedAt: number): string {
  if (savedAt === 0) return '';
  return new Date(savedAt).toLocaleString(undefined, { dateStyle: 'medium', timeStyle: 'short' });
}
