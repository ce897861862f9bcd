import { Button } from '@keepwell/ui';
import { useEffect, useState } from 'react';
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack, Switch } from 'react-aria-components';

import { ACTION_NAMES, ACTIONS, type Action } from '../input/actions';
import { bound, DEFAULT_INPUT_MAP, triggerLabel, unbound, type InputMap } from '../input/input-map';
import { Gamepads } from '../input/gamepad';
import { useStore } from '../game/store';
import type { SettingsStore } from '../settings';
import { Dialog } from './Dialog';
import { TelemetrySwitch } from './TelemetryChoice';

export interface SettingsDialogProps {
  readonly settings: SettingsStore;
  readonly isOpen: boolean;
  readonly onClose: () => void;
}

export function SettingsDialog({ settings, isOpen, onClose }: SettingsDialogProps) {
  const { effects, music, hints, input } = useStore(settings);
  return (
    <Dialog title="Settings" isOpen={isOpen} onClose={onClose}>
      <div className="settings-part">
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
          isSelected={hints}
          onChange={(on) => {
            settings.change({ hints: on });
          }}
        >
          Hints
        </GameSwitch>
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
          All as at first
        </Button>
        <Button emphasis="primary" slot="close">
          Done
        </Button>
      </div>
    </Dialog>
  );
}

export interface GameSwitchProps {
  readonly isSelected: boolean;
  readonly onChange: (on: boolean) => void;
  readonly children: string;
}

export function GameSwitch({ isSelected, onChange, children }: GameSwitchProps) {
  return (
    <Switch className="switch" isSelected={isSelected} onChange={onChange}>
      <span className="switch-track" aria-hidden="true" />
      {children}
    </Switch>
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

interface BindingsProps {
  readonly map: InputMap;
  readonly onChange: (map: InputMap) => void;
}

function Bindings({ map, onChange }: BindingsProps) {
  const [waiting, setWaiting] = useState<Action | null>(null);
  useNextTrigger(waiting !== null, (trigger) => {
    if (waiting !== null && trigger !== null) onChange(bound(map, waiting, trigger));
    setWaiting(null);
  });
  return (
    <ul className="bindings">
      {ACTION_NAMES.map((action) => (
        <li key={action}>
          <span>{ACTIONS[action]}</span>
          <span className="binding-triggers">
            {map[action].map((trigger) => (
              <Button
                key={trigger}
                aria-label={`${ACTIONS[action]}: take ${triggerLabel(trigger)} away`}
                onPress={() => {
                  onChange(unbound(map, action, trigger));
                }}
              >
                {triggerLabel(trigger)} ×
              </Button>
            ))}
            <Button
              emphasis="quiet"
              aria-label={`${ACTIONS[action]}: add a key or button`}
              onPress={() => {
                setWaiting(action);
              }}
            >
              {waiting === action ? 'Press a key or button…' : 'Add'}
            </Button>
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Hears the next key, mouse button or gamepad button; Escape gives up. */
function useNextTrigger(isWaiting: boolean, onTrigger: (trigger: string | null) => void): void {
  useEffect(() => {
    if (!isWaiting) return;
    const stop = new AbortController();
    const options = { signal: stop.signal, capture: true };
    const key = (event: KeyboardEvent) => {
      event.preventDefault();
      event.stopPropagation();
      onTrigger(event.code === 'Escape' ? null : `key:${event.code}`);
    };
    const mouse = (event: PointerEvent) => {
      event.preventDefault();
      event.stopPropagation();
      onTrigger(event.pointerType === 'mouse' ? `mouse:${event.button}` : null);
    };
    window.addEventListener('keydown', key, options);
    window.addEventListener('pointerdown', mouse, options);
    const pads = new Gamepads();
    pads.triggers(navigator.getGamepads(), 0); // What is held down already is not the answer.
    const poll = window.setInterval(() => {
      const [trigger] = pads.triggers(navigator.getGamepads(), 0);
      if (trigger !== undefined) onTrigger(trigger);
    }, 30);
    return () => {
      stop.abort();
      window.clearInterval(poll);
    };
  });
}
