import { Button } from '@keepwell/ui';
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';

import type { MatchState } from '../game/match-state';
import { DEFAULT_INPUT_MAP } from '../input/input-map';
import { useStore } from '../state/store';
import type { SettingsStore } from '../state/settings';
import { Bindings } from './Bindings';
import { CloseButton, Dialog } from './Dialog';
import { GameSwitch } from './GameSwitch';
import { TelemetrySwitch } from './TelemetryChoice';

export interface SettingsDialogProps {
  readonly settings: SettingsStore;
  /** The match whose debug overlay can be switched here, for players without a keyboard. */
  readonly overlay?: MatchState;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

const LOOKS = [
  { name: 'largerText', label: 'Larger text' },
  { name: 'highContrast', label: 'High contrast' },
  { name: 'reducedMotion', label: 'Reduced motion' },
] as const;

export function SettingsDialog({ settings, overlay, isOpen, onClose }: SettingsDialogProps) {
  const { hints, input } = useStore(settings);
  return (
    <Dialog title="Settings" isOpen={isOpen} onClose={onClose}>
      <div className="settings-part">
        <Sounds settings={settings} />
        <GameSwitch
          isSelected={hints}
          onChange={(on) => {
            settings.change({ hints: on });
          }}
        >
          Hints
        </GameSwitch>
        <Looks settings={settings} />
        {overlay === undefined ? null : <OverlaySwitch state={overlay} />}
        <TelemetrySwitch settings={settings} />
      </div>
      <h3 className="side-title">Keys, mouse, touch and gamepad</h3>
      <Bindings
        map={input}
        onChange={(changed) => {
          settings.change({ input: changed });
        }}
      />
      <div className="game-dialog-actions">
        <Button
          onPress={() => {
            settings.change({ input: DEFAULT_INPUT_MAP });
          }}
        >
          Restore defaults
        </Button>
        <CloseButton emphasis="primary">Done</CloseButton>
      </div>
    </Dialog>
  );
}

function Sounds({ settings }: { readonly settings: SettingsStore }) {
  const { effects, music, muted } = useStore(settings);
  return (
    <>
      <Volume
        label="Effects"
        value={effects}
        onChange={(value) => {
          settings.change({ effects: value, muted: false });
        }}
      />
      <Volume
        label="Music"
        value={music}
        onChange={(value) => {
          settings.change({ music: value, muted: false });
        }}
      />
      <GameSwitch
        isSelected={muted}
        onChange={(on) => {
          settings.change({ muted: on });
        }}
      >
        Mute
      </GameSwitch>
    </>
  );
}

function Looks({ settings }: { readonly settings: SettingsStore }) {
  const looks = useStore(settings);
  return LOOKS.map(({ name, label }) => (
    <GameSwitch
      key={name}
      isSelected={looks[name]}
      onChange={(on) => {
        settings.change({ [name]: on });
      }}
    >
      {label}
    </GameSwitch>
  ));
}

function OverlaySwitch({ state }: { readonly state: MatchState }) {
  const { debug } = useStore(state.hud);
  return (
    <GameSwitch
      isSelected={debug}
      onChange={() => {
        state.toggleDebug();
      }}
    >
      Debug overlay
    </GameSwitch>
  );
}

interface VolumeProps {
  readonly label: string;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function Volume({ label, value, onChange }: VolumeProps) {
  return (
    <Slider
      className="volume"
      minValue={0}
      maxValue={1}
      step={0.05}
      value={value}
      formatOptions={{ style: 'percent' }}
      onChange={onChange}
    >
      <Label>{label}</Label>
      <SliderOutput />
      <SliderTrack className="volume-track">
        <SliderThumb className="volume-thumb" />
      </SliderTrack>
    </Slider>
  );
}
