import { EmptyState, ErrorState, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useMemo, useState } from 'react';

import './play.css';
import { playQuery } from '../queries/play';
import { sessionQuery } from '../queries/session';
import { Loaded } from '../shell/Loaded';
import { Page } from '../shell/Page';
import { startWorker } from './core/core-client';
import { loadArt, type Art } from './game/art';
import { GameSession } from './game/game-session';
import { useStore } from './state/store';
import { MatchContext } from './hud/context';
import { Lobby } from './hud/Lobby';
import { MatchScreen } from './hud/MatchScreen';
import { SettingsStore } from './state/settings';
import { Telemetry } from './telemetry/telemetry';

/** The game. Its core is Python in a worker; this page draws it and says what the player wants. */
export function PlayPage() {
  const query = useQuery(playQuery());
  return (
    <Page title="Play">
      <Loaded query={query} loading={<Skeleton label="the game" height={360} />}>
        {({ assets, write_key }) =>
          assets === null ? <NotBuilt /> : <Game key={assets} folder={`${assets}/`} writeKey={write_key} />
        }
      </Loaded>
    </Page>
  );
}

function NotBuilt() {
  return (
    <EmptyState title="The game is not built here" command="./keepwell up">
      Its pictures, maps and sounds are made once, before the server starts:
    </EmptyState>
  );
}

interface Room {
  readonly settings: SettingsStore;
  readonly play: GameSession;
}

function Game({ folder, writeKey }: { readonly folder: string; readonly writeKey: string }) {
  const room = useRoom(folder, writeKey);
  const art = useQuery({
    queryKey: ['play', 'art', folder],
    queryFn: () => loadArt(folder),
    staleTime: Infinity,
  });
  if (art.error !== null) {
    const problem = {
      title: 'The game did not arrive',
      detail: String(art.error),
      hint: 'Is the server still running?',
    };
    return <ErrorState problem={{ ...NO_PROBLEM, ...problem }} onRetry={() => void art.refetch()} />;
  }
  if (art.data === undefined) return <Skeleton label="the game" height={360} />;
  return <Screens room={room} art={art.data} />;
}

const NO_PROBLEM = { type: 'about:blank', status: 0, code: 'unreachable' };

function Screens({ room: { play, settings }, art }: { readonly room: Room; readonly art: Art }) {
  const running = useStore(play.running);
  const { data: session } = useQuery(sessionQuery());
  const match = useMemo(
    () => (running === null ? null : { play, settings, art, running }),
    [play, settings, art, running],
  );
  if (match === null) {
    const isSynthetic = session?.workspace.synthetic === true;
    return <Lobby art={art} play={play} settings={settings} isSynthetic={isSynthetic} />;
  }
  return (
    <MatchContext value={match}>
      <MatchScreen key={match.running.name} />
    </MatchContext>
  );
}

/** The core, from the page's opening to its leaving. */
function useRoom(folder: string, writeKey: string): Room {
  const [room] = useState(() => {
    const settings = new SettingsStore(localStorage);
    return { settings, play: new GameSession(folder, settings, new Telemetry(settings, writeKey)) };
  });
  useEffect(() => {
    room.play.open(startWorker());
    return () => {
      room.play.close();
    };
  }, [room]);
  return room;
}
