import { Button, Callout } from '@keepwell/ui';
import { useEffect, useRef, useState, type MouseEvent } from 'react';

import type { DrawingTimes } from '../game/board-drawing';
import { Announcer } from './Announcer';
import { Board } from './Board';
import { BuildBar } from './BuildBar';
import { useHud, useMatch } from './context';
import { DebugPanel } from './DebugPanel';
import { CloseButton, Dialog } from './Dialog';
import { download } from './download';
import { EndScreen } from './EndScreen';
import { HintStrip } from './HintStrip';
import { NearerButton } from './NearerButton';
import { PhysicsMark } from './PhysicsPanel';
import { SettingsDialog } from './SettingsDialog';
import { SidePanel } from './SidePanel';
import { TopBar } from './TopBar';
import { useStore } from '../state/store';

/** A match: the board and everything around it. */
export function MatchScreen() {
  const { session, match, settings } = useMatch();
  const [areSettingsOpen, setSettingsOpen] = useState(false);
  const [isLeaving, setLeaving] = useState(false);
  const canvas = useRef<HTMLCanvasElement>(null);
  const [times] = useState<DrawingTimes>(() => ({ frame: 0, drawing: 0 }));
  usePauses(areSettingsOpen || isLeaving);
  useTrouble();
  useEffect(() => {
    canvas.current?.focus({ preventScroll: true });
  }, [match]);
  const leave = () => {
    if (match.isReplay) void session.leave({ saving: false });
    else setLeaving(true);
  };
  const { width, height } = match.loadedMap.map;
  return (
    <div
      className="game"
      // On the way down, because the buttons stop the click from bubbling up.
      onClickCapture={(event) => {
        returnFocus(event, canvas.current);
      }}
    >
      <TopBar
        onSettings={() => {
          setSettingsOpen(true);
        }}
        onLeave={leave}
      />
      <div className="game-board" style={{ aspectRatio: `${width + 2} / ${height + 2}` }}>
        <Board canvas={canvas} times={times} onLeave={leave} />
        <Announcer />
        <DebugPanel times={times} />
        <PhysicsMark />
        <NearerButton />
      </div>
      {match.isReplay ? null : <HintStrip />}
      <SidePanel />
      {match.isReplay ? <p className="replay-note">This is a replay.</p> : <BuildBar />}
      <EndScreen />
      <SettingsDialog
        settings={settings}
        overlay={match.state}
        isOpen={areSettingsOpen}
        onClose={() => {
          setSettingsOpen(false);
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

/** Pauses the match while a dialog is open; pauses and saves it when the page is hidden or loses the focus. */
function usePauses(isDialogOpen: boolean): void {
  const { session, match } = useMatch();
  const { state } = match;
  useEffect(() => {
    const wasPaused = state.hud.get().paused;
    if (!isDialogOpen) return;
    state.pace.setPaused(true);
    return () => {
      state.pace.setPaused(wasPaused);
    };
  }, [isDialogOpen, state]);
  useEffect(() => {
    const pauseAndSave = () => {
      state.pace.setPaused(true);
      void session.save();
    };
    const onVisibility = () => {
      session.sound.setPaused(document.hidden);
      if (document.hidden) pauseAndSave();
    };
    window.addEventListener('blur', pauseAndSave);
    document.addEventListener('visibilitychange', onVisibility);
    return () => {
      window.removeEventListener('blur', pauseAndSave);
      document.removeEventListener('visibilitychange', onVisibility);
    };
  }, [session, state]);
}

/** Tells the player at once that the browser does not keep the match. */
function useTrouble(): void {
  const { session, match } = useMatch();
  const trouble = useStore(session.keeper.trouble);
  useEffect(() => {
    if (trouble !== null) match.state.notify(trouble);
  }, [match, trouble]);
}

/** After a click the board gets the focus back, so that keys work; keyboard users keep their focus. */
function returnFocus(event: MouseEvent, canvas: HTMLCanvasElement | null): void {
  const isByPointer = event.detail > 0;
  const keepsFocus =
    event.target instanceof Element && event.target.closest('[role="dialog"], form') !== null;
  if (isByPointer && !keepsFocus) canvas?.focus({ preventScroll: true });
}

function LeaveDialog({ isOpen, onClose }: { readonly isOpen: boolean; readonly onClose: () => void }) {
  const { session, match } = useMatch();
  const { outcome, cleared } = useHud().stats;
  const trouble = useStore(session.keeper.trouble);
  const saveFile = async () => {
    download(`${match.loadedMap.map.id}-wave-${cleared}.bulwark`, await match.state.parts.client.ask('save'));
  };
  const leave = (saving: boolean) => {
    void session.leave({ saving });
  };
  return (
    <Dialog title="Leave the match?" isOpen={isOpen && outcome === 'playing'} onClose={onClose}>
      <p className="muted">A kept match can be resumed later, in this browser. Giving up deletes it.</p>
      {trouble === null ? null : <Callout tone="warning">{trouble}</Callout>}
      <div className="game-dialog-actions">
        <CloseButton>Keep playing</CloseButton>
        {trouble === null ? null : <Button onPress={() => void saveFile()}>Save as a file</Button>}
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
          Save and leave
        </Button>
      </div>
    </Dialog>
  );
}
