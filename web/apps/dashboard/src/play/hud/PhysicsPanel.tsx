import { Button } from '@keepwell/ui';
import { useEffect, useState } from 'react';
import { Label, Slider, SliderOutput, SliderThumb, SliderTrack } from 'react-aria-components';

import type { Constant } from '../core/catalogue';
import { applyProfile, changedConstants, constantsOf } from '../game/physics';
import { useHud, useMatch, useSettings } from './context';

const REFRESH_MILLISECONDS = 100;

/** The mark on the board of a match with other constants. */
export function PhysicsMark() {
  return useHud().stats.tweaked ? <p className="physics-mark">Physics changed: no stars</p> : null;
}

/** With the debug overlay: the sliders that change the constants, beside the board, where they hide nothing. */
export function PhysicsPanel() {
  const { match } = useMatch();
  const { debug, stats } = useHud();
  const canChange = debug && !match.isReplay && stats.outcome === 'playing';
  return canChange ? <Physics /> : null;
}

function Physics() {
  const { state } = useMatch().match;
  const [values, setValues] = useState(() => constantsOf(state));
  useEffect(() => {
    const timer = window.setInterval(() => {
      setValues(constantsOf(state));
    }, REFRESH_MILLISECONDS);
    return () => {
      window.clearInterval(timer);
    };
  }, [state]);
  return (
    <section className="physics-panel" aria-label="Physics">
      {state.parts.catalogue.physics.map((constant, number) => (
        <ConstantSlider
          key={constant.name}
          constant={constant}
          value={values[constant.name] ?? constant.default}
          onChange={(value) => {
            setValues({ ...values, [constant.name]: value });
            state.send('SetConstant', number, value);
          }}
        />
      ))}
      <Button
        onPress={() => {
          applyProfile(state, {});
        }}
      >
        Defaults
      </Button>
      <Profiles />
    </section>
  );
}

interface ConstantSliderProps {
  readonly constant: Constant;
  readonly value: number;
  readonly onChange: (value: number) => void;
}

function ConstantSlider({ constant, value, onChange }: ConstantSliderProps) {
  const { name, least, most } = constant;
  return (
    <Slider className="volume" minValue={least} maxValue={most} value={value} onChange={onChange}>
      <Label>{`${name.replace('_', ' ')}, default ${constant.default}`}</Label>
      <SliderOutput />
      <SliderTrack className="volume-track">
        <SliderThumb className="volume-thumb" />
      </SliderTrack>
    </Slider>
  );
}

/** The player's profiles: save the constants under a name, choose them again, delete them. */
function Profiles() {
  const { match, settings } = useMatch();
  const { physics } = useSettings();
  const [name, setName] = useState('');
  const key = name.trim();
  return (
    <>
      <form
        className="physics-row"
        onSubmit={(event) => {
          event.preventDefault();
          const profile = changedConstants(match.state, constantsOf(match.state));
          if (key !== '') settings.change({ physics: { ...physics, [key]: profile } });
          setName('');
        }}
      >
        <input
          aria-label="Name of the profile"
          placeholder="Name"
          maxLength={30}
          value={name}
          onChange={(event) => {
            setName(event.target.value);
          }}
        />
        <Button type="submit" isDisabled={key === ''}>
          {key in physics ? 'Replace' : 'Save'}
        </Button>
      </form>
      {Object.entries(physics).map(([kept, profile]) => (
        <div key={kept} className="physics-row">
          <Button
            onPress={() => {
              applyProfile(match.state, profile);
            }}
          >
            {kept}
          </Button>
          <Button
            aria-label={`Delete ${kept}`}
            onPress={() => {
              const others = Object.entries(physics).filter(([other]) => other !== kept);
              settings.change({ physics: Object.fromEntries(others) });
            }}
          >
            Delete
          </Button>
        </div>
      ))}
    </>
  );
}
