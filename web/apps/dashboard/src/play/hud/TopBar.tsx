import { Button, SegmentedControl } from '@keepwell/ui';
import { ToggleButton } from 'react-aria-components';

import { SPEEDS } from '../core/protocol';
import type { Action } from '../input/actions';
import { keyHint } from '../input/input-map';
import { useHud, useMatch, useSettings } from './context';
import { Sprite } from './Sprite';

const SPEED_CHOICES = SPEEDS.map((speed) => ({ id: `${speed}`, label: `×${speed}` }));

/** Lives, gold and waves, and everything about time. */
export function TopBar({
  onSettings,
  onLeave,
}: {
  readonly onSettings: () => void;
  readonly onLeave: () => void;
}) {
  return (
    <div className="game-top">
      <MatchStats />
      <Pace />
      <Around onSettings={onSettings} onLeave={onLeave} />
    </div>
  );
}

function MatchStats() {
  const { art, running } = useMatch();
  const { stats } = useHud();
  const waves = running.playable.map.waves.length;
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

function Pace() {
  const { art, running } = useMatch();
  const { game } = running;
  const { paused, speed, stats } = useHud();
  const isLast = stats.wave >= running.playable.map.waves.length;
  const isOver = stats.outcome !== 'playing';
  return (
    <div className="game-pace">
      <Button
        aria-label={paused ? 'Go on' : 'Pause'}
        isDisabled={isOver}
        onPress={() => {
          game.setPaused(!paused);
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
          game.setSpeed(SPEEDS.find((each) => `${each}` === id) ?? 1);
        }}
      />
      <Button
        emphasis="primary"
        isDisabled={isLast || isOver}
        onPress={() => {
          game.startWave();
        }}
      >
        {waveLabel(stats.wave, stats.countdown, isLast)}
        <KeyHint action="next-wave" />
      </Button>
      <AutoStart />
    </div>
  );
}

function waveLabel(wave: number, countdown: number | null, isLast: boolean): string {
  if (isLast) return 'Last wave';
  if (wave === 0) return 'Start';
  return countdown === null ? 'Next wave' : `Next wave (${countdown} s)`;
}

function AutoStart() {
  const { art, running, settings } = useMatch();
  const { stats } = useHud();
  return (
    <ToggleButton
      className="button button-secondary"
      aria-label="Waves begin by themselves"
      isSelected={stats.autoStart}
      isDisabled={stats.outcome !== 'playing'}
      onChange={(on) => {
        running.game.setAutoStart(on);
        settings.change({ autoStart: on });
      }}
    >
      <Sprite art={art} name="icon/auto" size={20} />
      <span className="game-wide">Auto</span>
    </ToggleButton>
  );
}

function Around({ onSettings, onLeave }: { readonly onSettings: () => void; readonly onLeave: () => void }) {
  const { art, settings } = useMatch();
  const { muted } = useSettings();
  return (
    <div className="game-around">
      <Button
        emphasis="quiet"
        aria-label={muted ? 'Sounds on' : 'Sounds off'}
        onPress={() => {
          settings.change({ muted: !muted });
        }}
      >
        <Sprite art={art} name={muted ? 'icon/sound-off' : 'icon/sound'} size={20} />
      </Button>
      <Button emphasis="quiet" aria-label="Settings" onPress={onSettings}>
        <Sprite art={art} name="icon/settings" size={20} />
      </Button>
      <Button emphasis="quiet" aria-label="Leave the match" onPress={onLeave}>
        <Sprite art={art} name="icon/back" size={20} />
      </Button>
    </div>
  );
}

/** The key of an action, for those who have keys. */
export function KeyHint({ action }: { readonly action: Action }) {
  const hint = keyHint(useSettings().input, action);
  return hint === null ? null : (
    <kbd className="key-hint" aria-hidden="true">
      {hint}
    </kbd>
  );
}
