import { Button, Callout, formatClock } from '@keepwell/ui';
import { lazy, Suspense, useEffect, useState } from 'react';

import { useLiveStatus } from '../../live';
import { useOutbox, useUpdate } from '../../offline';
import { texts } from '../../texts';

/** In milliseconds: after the page. */
const TRAY_AFTER = 3_000;
const loadTray = () => import('./OutboxTray');
const OutboxTray = lazy(async () => ({ default: (await loadTray()).OutboxTray }));

/** What stands above each page: that the server is away, what could not be sent, and a newer version. */
export function OfflineBanners() {
  const [isTrayOpen, setIsTrayOpen] = useState(false);
  // It is wanted when the server is away, so it is there before; a browser that lacks it tries again when it is opened.
  useEffect(() => {
    const timer = setTimeout(() => void loadTray().catch(() => undefined), TRAY_AFTER);
    return () => {
      clearTimeout(timer);
    };
  }, []);
  const open = () => {
    setIsTrayOpen(true);
  };
  return (
    <>
      <div role="status" className="banners">
        <OfflineBanner onOpen={open} />
        <RefusedBanner onOpen={open} />
        <UpdateBanner />
      </div>
      {isTrayOpen ? (
        <Suspense>
          <OutboxTray
            onClose={() => {
              setIsTrayOpen(false);
            }}
          />
        </Suspense>
      ) : null}
    </>
  );
}

function OfflineBanner({ onOpen }: { readonly onOpen: () => void }) {
  const { state, heardAt } = useLiveStatus();
  const { waiting, isDurable } = useOutbox();
  const { banner } = texts.offline;
  if (state !== 'offline') return null;
  const title = heardAt === null ? banner.titleSinceStart : banner.title(formatClock(new Date(heardAt)));
  return (
    <Callout tone="warning" title={title}>
      <p>
        {banner.detail} {waiting.length === 0 ? null : banner.waiting(waiting.length)}{' '}
        {waiting.length === 0 || isDurable ? null : banner.lost}
      </p>
      {waiting.length === 0 ? null : (
        <Button size="small" onPress={onOpen}>
          {banner.see(waiting.length)}
        </Button>
      )}
    </Callout>
  );
}

function RefusedBanner({ onOpen }: { readonly onOpen: () => void }) {
  const { refused } = useOutbox();
  const { title, detail, open } = texts.offline.refused;
  if (refused.length === 0) return null;
  return (
    <Callout tone="negative" title={title(refused.length)}>
      <p>{detail}</p>
      <Button size="small" onPress={onOpen}>
        {open}
      </Button>
    </Callout>
  );
}

function UpdateBanner() {
  const { update, reload } = useUpdate();
  const { ready, readyDetail, gone, goneDetail, reload: label } = texts.offline.update;
  if (update === 'none') return null;
  return (
    <Callout title={update === 'gone' ? gone : ready}>
      <p>{update === 'gone' ? goneDetail : readyDetail}</p>
      <Button size="small" onPress={reload}>
        {label}
      </Button>
    </Callout>
  );
}
