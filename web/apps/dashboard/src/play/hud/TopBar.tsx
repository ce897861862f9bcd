import { Button, SegmentedControl } from '@keepwell/ui';
import { ToggleButton } from 'react-aria-components';

import { SPEEDS } from '../core/protocol';
import { canFillScreen, toggleFullscreen } from '../game/fullscreen';
import type { MatchStats } from '../game/hud-state';
import type { Action } from '../input/actions';
import { keyHint } from '../input/input-map';
import { useHud, useMatch, useSettings } from './context';
import { Sprite } from './Sprite';

const SPEED_CHOICES = SPEEDS.map((speed) => ({ id: `${speed}`, label: `×${speed}` }));

/** Lives, gold and waves, the speed controls, and the menu. */
export function TopBar({
  onSettings,
  onLeave,
}: {
  readonly onSettings: () => void;
  readonly onLeave: () => void;
}) {
  return (
    <div className="game-top">
      <Figures />
      <SpeedControls />
      <Menu onSettings={onSettings} onLeave={onLeave} />
    </div>
  );
}

function Figures() {
  const { art, match } = useMatch();
  const { stats } = useHud();
  const waves = match.loadedMap.map.waves.length;
  const figures = [
    { sprite: 'icon/lives', label: 'Lives', value: `${stats.lives}` },
    { sprite: 'icon/gold', label: 'Gold', value: `${stats.gold}` },
    { sprite: 'icon/wave', label: 'Wave', value: `${stats.wave}/${waves}` },
  ];
  return (
    <dl className="game-stats">
      {figures.map(({ sprite, label, value }) => (
        <div key={label} className="game-figure" data-testid={label.toLowerCase()}>
          <dt>
            <Sprite art={art} name={sprite} size={24} />
            <span className="visually-hidden">{label}</span>
          </dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function SpeedControls() {
  const { art, match } = useMatch();
  const { state } = match;
  const { paused, speed, stats } = useHud();
  const isLast = stats.wave >= match.loadedMap.map.waves.length;
  const isOver = stats.outcome !== 'playing';
  return (
    <div className="game-speed">
      <Button
        aria-label={paused ? 'Resume' : 'Pause'}
        isDisabled={isOver}
        onPress={() => {
          state.pace.setPaused(!paused);
        }}
      >
        <Sprite art={art} name={paused ? 'icon/play' : 'icon/pause'} size={20} />
        <KeyHint action="pause" />
      </Button>
      <SegmentedControl
        label="Speed"
        choices={SPEED_CHOICES}
        value={`${speed}`}
        onChange={(id) => {
          state.pace.setSpeed(SPEEDS.find((each) => `${each}` === id) ?? 1);
        }}
      />
      <Button
        emphasis="primary"
        isDisabled={isLast || isOver || match.isReplay}
        onPress={() => {
          state.startWave();
        }}
      >
        <WaveLabel stats={stats} isLast={isLast} />
        <KeyHint action="next-wave" />
      </Button>
      <AutoStart />
    </div>
  );
}

/** What comes next, when, and the gold for starting it now; in two lines where it is narrow. */
function WaveLabel({ stats, isLast }: { readonly stats: MatchStats; readonly isLast: boolean }) {
  const { wave, countdown, earlyBonus } = stats;
  if (isLast) return 'Last wave';
  if (wave === 0) return 'Start';
  const due = countdown === null ? [] : [`(${countdown} s)`];
  const facts = earlyBonus > 0 ? [...due, `+${earlyBonus}`] : due;
  return (
    <span>Next wave{facts.length === 0 ? null : <span className="wave-facts"> {facts.join(' ')}</span>}</span>
  );
}

function AutoStart() {
  const { art, match, settings } = useMatch();
  const { stats } = useHud();
  return (
    <ToggleButton
      className="button button-secondary"
      aria-label="Automatic waves"
      isSelected={stats.autoStart}
      isDisabled={stats.outcome !== 'playing' || match.isReplay}
      onChange={(on) => {
        match.state.setAutoStart(on);
        settings.change({ autoStart: on });
      }}
    >
      <Sprite art={art} name="icon/auto" size={20} />
      <span className="game-wide">Auto</span>
    </ToggleButton>
  );
}

function Menu({ onSettings, onLeave }: { readonly onSettings: () => void; readonly onLeave: () => void }) {
  const { art, settings } = useMatch();
  const { muted } = useSettings();
  return (
    <div className="game-menu">
      <span className="menu-mute">
        <Button
          emphasis="quiet"
          aria-label={muted ? 'Unmute' : 'Mute'}
          onPress={() => {
            settings.change({ muted: !muted });
          }}
        >
          <Sprite art={art} name={muted ? 'icon/sound-off' : 'icon/sound'} size={20} />
        </Button>
      </span>
      {canFillScreen() ? (
        <Button emphasis="quiet" aria-label="Full screen" onPress={toggleFullscreen}>
          <svg width="20" height="20" viewBox="0 0 20 20" fill="none" aria-hidden="true">
            <path d="M3 7V3h4M13 3h4v4M17 13v4h-4M7 17H3v-4" stroke="currentColor" strokeWidth="2.2" />
          </svg>
        </Button>
      ) : null}
      <Button emphasis="quiet" aria-label="Settings" onPress={onSettings}>
        <Sprite art={art} name="icon/settings" size={20} />
      </Button>
      <Button emphasis="quiet" aria-label="Leave the match" onPress={onLeave}>
        <Sprite art={art} name="icon/back" size={20} />
      </Button>
    </div>
  );
}

/** The key of an action; hidden on touch screens. */
export function KeyHint({ action }: { readonly action: Action }) {
  return <KeyName name={keyHint(useSettings().input, action)} />;
}

/** A key's name on the button that it presses; hidden on touch screens. */
export function KeyName({ name }: { readonly name: string | null }) {
  return name === null ? null : (
    <kbd className="key-hint" aria-hidden="true">
      {name}
    </kbd>
  );
}
