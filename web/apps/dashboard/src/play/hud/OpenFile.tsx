import { Button } from '@keepwell/ui';
import { useRef, useState } from 'react';

import type { LoadedMap } from '../game/art';
import type { GameSession } from '../game/game-session';
import { browserSaves } from '../game/saves';
import { readProfileFile, takeOver, type ProfileFile } from '../state/profile-file';
import { reasonOf } from '../state/reason';
import { randomId } from '../state/settings';
import { TakeOverDialog } from './TakeOverDialog';

/** Bytes; a long match is a hundredth of it, and its content takes several times its size in the worker. */
const LARGEST_FILE = 8_000_000;
const FILE_TYPES = '.bulwark,.bulwark-replay,.last,.json';

export interface OpenFileProps {
  readonly session: GameSession;
  readonly maps: readonly LoadedMap[];
  readonly isReady: boolean;
  /** Called with the map of a save that is now among the kept matches. */
  readonly onImported: (map: string) => void;
}

/** Opens a file of this player or of the desktop's: a save is kept, a replay is shown, stars and settings are taken over, settings after a question. */
export function OpenFile({ session, maps, isReady, onImported }: OpenFileProps) {
  const [asked, setAsked] = useState<ProfileFile | null>(null);
  const chooser = useRef<HTMLInputElement>(null);
  const open = async (file: File) => {
    try {
      if (file.size > LARGEST_FILE) throw new Error('It is too large for a save or a replay.');
      if (file.name.endsWith('.json')) {
        const read = readProfileFile(await file.text(), session.profile);
        if (Object.keys(read.changed).length > 0) setAsked(read);
        else takeOver(read, session.profile);
        session.resumeError.set(null);
        return;
      }
      const content = new Uint8Array(await file.arrayBuffer());
      const { kind, map, difficulty, wave } = await session.describe(content, maps);
      const playable = maps.find((each) => each.map.id === map);
      if (kind === 'replay' && playable !== undefined) session.watch(playable, difficulty, content);
      if (kind === 'replay') return;
      const kept = { map, difficulty, wave, name: randomId(), holder: '', isCheckpoint: true };
      await browserSaves.keep({ ...kept, save: content }, Date.now());
      session.resumeError.set(null);
      onImported(map);
    } catch (cause) {
      session.resumeError.set(`${file.name}: ${reasonOf(cause)}`);
    }
  };
  return (
    <>
      <input
        ref={chooser}
        type="file"
        hidden
        accept={FILE_TYPES}
        onChange={({ target }) => {
          const file = target.files?.[0];
          target.value = ''; // So that the same file can be chosen again.
          if (file !== undefined) void open(file);
        }}
      />
      <Button isDisabled={!isReady} onPress={() => chooser.current?.click()}>
        Open a file
      </Button>
      <TakeOverDialog
        file={asked}
        profile={session.profile}
        onClose={() => {
          setAsked(null);
        }}
      />
    </>
  );
}
