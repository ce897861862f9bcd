import { Outlet } from '@tanstack/react-router';
import { lazy, Suspense, useMemo, useState } from 'react';

import { texts } from '../../texts';
import { AccountFinder } from './AccountFinder';
import { useKeyPresses, useKeys } from '../keys/use-keys';
import { NoticeList } from '../notices/NoticeList';
import { OfflineBanners } from '../offline/OfflineBanners';
import { BottomBar, TopBar } from './PhoneBars';
import { ShellContext } from './shell-state';
import { Sidebar } from './Sidebar';

const KeysDialog = lazy(async () => ({ default: (await import('../keys/KeysDialog')).KeysDialog }));

type Layer = 'keys' | 'finder' | null;

/** The frame of every page: where things are, the keys, and what passes over the page. */
export function Shell() {
  const [layer, setLayer] = useState<Layer>(null);
  const state = useMemo(
    () => ({
      openKeys: () => {
        setLayer('keys');
      },
      openFinder: () => {
        setLayer('finder');
      },
    }),
    [],
  );
  const close = () => {
    setLayer(null);
  };
  useShellKeys(state);
  return (
    <ShellContext value={state}>
      <div className="shell">
        <a className="skip-link" href="#main">
          {texts.shell.skip}
        </a>
        <TopBar />
        <Sidebar />
        <main id="main" className="canvas" tabIndex={-1}>
          <OfflineBanners />
          <Outlet />
        </main>
        <BottomBar />
        <NoticeList />
        <Suspense>{layer === 'keys' ? <KeysDialog onClose={close} /> : null}</Suspense>
        {layer === 'finder' ? <AccountFinder onClose={close} /> : null}
      </div>
    </ShellContext>
  );
}

/** The keys that work on every page. */
function useShellKeys({
  openKeys,
  openFinder,
}: {
  readonly openKeys: () => void;
  readonly openFinder: () => void;
}) {
  const { keys } = texts.shell;
  useKeys({
    title: keys.everywhere,
    bindings: [
      { key: '?', label: keys.showKeys, run: openKeys },
      { key: '/', label: keys.findAccount, run: openFinder },
    ],
  });
  useKeyPresses();
}
