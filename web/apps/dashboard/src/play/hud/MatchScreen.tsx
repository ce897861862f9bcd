import { Button } from '@keepwell/ui';
import { useEffect, useRef, useState, type MouseEvent } from 'react';

import type { DrawingTimes } from '../game/board-drawing';
import { Announcer } from './Announcer';
import { Board } from './Board';
import { BuildBar } from './BuildBar';
import { useHud, useMatch } from './context';
import { DebugPanel } from './DebugPanel';
import { Dialog } from './Dialog';
import { EndScreen } from './EndScreen';
import { HintStrip } from './HintStrip';
import { SettingsDialog } from './SettingsDialog';
import { SidePanel } from './SidePanel';
import { TopBar } from './TopBar';

/** A match: the board and all that surrounds it. */
export function MatchScreen() {
  const { running, settings } = useMatch();
  const [isSetting, setSetting] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [times] = useState<DrawingTimes>(() => ({ frame: 0, drawing: 0 }));
  useRest(isSetting || isLeaving);
  useEffect(() => {
    canvas.current?.focus({ preventScroll: true });
  }, [running]);
  const { width, height } = running.playable.map;
  return (
    <div
      className="game"
      onClick={(event) => {
        giveBackFocus(event, canvas.current);
      }}
    >
      <TopBar
        onSettings={() => {
          setSetting(true);
        }}
        onLeave={() => {
          setLeaving(true);
        }}
      />
      <div className="game-board" style={{ aspectRatio: `${width + 2} / ${height + 2}` }}>
        <Board canvas={canvas} times={times} />
        <Announcer />
        <DebugPanel times={times} />
      </div>
      <HintStrip />
      <SidePanel />
      <BuildBar />
      <EndScreen />
      <SettingsDialog
        settings={settings}
        isOpen={isSetting}
        onClose={() => {
          setSetting(false);
        }}
      />
      <LeaveDialog
        isOpen={isLeaving}
        onClose={() => {
          setLeaving(false);
        }}
      />
    </div>
  );
}

/** The match and its music rest while a dialog is open, and while the page is out of sight. */
function useRest(isBusy: boolean): void {
  const { play, running } = useMatch();
  const { game } = running;
  useEffect(() => {
    const wasPaused = game.hud.get().paused;
    if (!isBusy) return;
    game.setPaused(true);
    return () => {
      game.setPaused(wasPaused);
    };
  }, [isBusy, game]);
  useEffect(() => {
    const look = () => {
      play.sound.rest(document.hidden);
      if (!document.hidden) return;
      game.setPaused(true);
      void play.keep();
    };
    document.addEventListener('visibilitychange', look);
    return () => {
      document.removeEventListener('visibilitychange', look);
    };
  }, [play, game]);
}

/** After a click the keys belong to the board again; who moves by keys keeps the focus where it is. */
function giveBackFocus(event: MouseEvent, canvas: HTMLCanvasElement | null): void {
  const isByPointer = event.detail > 0;
  const isInDialog = event.target instanceof Element && event.target.closest('[role="dialog"]') !== null;
  if (isByPointer && !isInDialog) canvas?.focus({ preventScroll: true });
}

function LeaveDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { play } = useMatch();
  const { outcome } = useHud().stats;
  const leave = (keeping: boolean) => {
    void play.leave({ keeping });
  };
  return (
    <Dialog title="Leave the match?" isOpen={isOpen && outcome === 'playing'} onClose={onClose}>
      <p className="muted">A kept match goes on later where it is now, in this browser.</p>
      <div className="game-dialog-actions">
        <Button slot="close">Play on</Button>
        <Button
          onPress={() => {
            leave(false);
          }}
        >
          Give up
        </Button>
        <Button
          emphasis="primary"
          onPress={() => {
            leave(true);
          }}
        >
          Keep it and leave
        </Button>
      </div>
    </Dialog>
  );
}
