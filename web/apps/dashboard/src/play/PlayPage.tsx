import { EmptyState, ErrorState, Skeleton } from '@keepwell/ui';
import { useQuery } from '@tanstack/react-query';
import { lazy, Suspense, useEffect, useMemo, useState } from 'react';

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
import { ProgressStore } from './state/progress';
import { SettingsStore } from './state/settings';
import { WebStorage } from './state/web-storage';
import { Telemetry } from './telemetry/telemetry';

/** Needed when a match begins. */
const MatchScreen = lazy(async () => ({ default: (await import('./hud/MatchScreen')).MatchScreen }));

/** The game. Its core runs as Python in a worker; this page draws it and sends the player's commands. */
export function PlayPage() {
  const query = useQuery(playQuery());
  return (
    <Page title="Bulwark">
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
    <EmptyState title="The game has not been built" command="./keepwell up">
      Its pictures, maps and sounds are built once, when the server starts:
    </EmptyState>
  );
}

interface GameProps {
  readonly folder: string;
  readonly writeKey: string | null;
}

function Game({ folder, writeKey }: GameProps) {
  const session = useGameSession(folder, writeKey);
  const art = useQuery({
    queryKey: ['play', 'art', folder],
    queryFn: () => loadArt(folder),
    staleTime: Infinity,
  });
  if (art.error !== null) {
    const problem = {
      type: 'about:blank',
      status: 0,
      code: 'unreachable',
      title: 'The game could not be loaded',
      detail: String(art.error),
      hint: 'Check that the server is running.',
    };
    return <ErrorState problem={problem} onRetry={() => void art.refetch()} />;
  }
  if (art.data === undefined) return <Skeleton label="the game" height={360} />;
  return <Screens session={session} art={art.data} />;
}

function Screens({ session, art }: { readonly session: GameSession; readonly art: Art }) {
  const match = useStore(session.activeMatch);
  const { data: signedIn } = useQuery(sessionQuery());
  const context = useMemo(
    () => (match === null ? null : { session, settings: session.profile.settings, art, match }),
    [session, art, match],
  );
  if (context === null) {
    const isSynthetic = signedIn?.workspace.synthetic === true;
    return <Lobby art={art} session={session} isSynthetic={isSynthetic} />;
  }
  return (
    <MatchContext value={context}>
      <Suspense fallback={<Skeleton label="the match" height={360} />}>
        <MatchScreen key={context.match.name} />
      </Suspense>
    </MatchContext>
  );
}

/** A game session that lasts as long as the page is open. */
function useGameSession(folder: string, writeKey: string | null): GameSession {
  const [session] = useState(() => {
    const storage = new WebStorage();
    const settings = new SettingsStore(storage);
    const profile = { storage, settings, progress: new ProgressStore(storage) };
    return new GameSession(folder, profile, new Telemetry(settings, writeKey));
  });
  useLook(session.profile.settings);
  useEffect(() => {
    session.open(startWorker());
    return () => {
      session.close();
    };
  }, [session]);
  return session;
}

/** Puts the settings of how the game looks on the document, where dialogs find them too. */
function useLook(settings: SettingsStore): void {
  const { largerText, highContrast, reducedMotion } = useStore(settings);
  useEffect(() => {
    const { classList } = document.documentElement;
    classList.toggle('game-larger-text', largerText);
    classList.toggle('game-high-contrast', highContrast);
    classList.toggle('game-reduced-motion', reducedMotion);
    return () => {
      classList.remove('game-larger-text', 'game-high-contrast', 'game-reduced-motion');
    };
  }, [largerText, highContrast, reducedMotion]);
}
