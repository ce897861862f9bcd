import { updateWebhookEndpoint, type EndpointItem } from '@keepwell/api';
import type { InfiniteData } from '@tanstack/react-query';

import { shown, useWrite, type WriteHandle } from '../../offline';
import { etagOf, withRows } from '../../queries/pages';
import { endpointsQuery } from '../../queries/settings/webhooks';
import { notices } from '../../shell/notices/notices';
import { texts } from '../../texts';

const words = texts.settings.webhooks.endpoints;

interface Turned {
  readonly endpoint: EndpointItem;
  readonly isOn: boolean;
}

interface EndpointPages {
  readonly items: readonly EndpointItem[];
  readonly next: string | null;
}

/** Turns an endpoint on or off at once, with a way back for eight seconds. */
export function useTurn() {
  const { queryKey } = endpointsQuery();
  const write: WriteHandle<Turned> = useWrite<Turned, EndpointItem>({
    endpoint: ({ endpoint, isOn }) =>
      updateWebhookEndpoint({ path: { webhook_endpoint_id: endpoint.id }, body: { is_enabled: isOn } }),
    label: ({ endpoint }) => words.turn(endpoint.url),
    ifMatch: ({ endpoint }) => etagOf(endpoint),
    shows: ({ endpoint, isOn }) => [
      shown<InfiniteData<EndpointPages>>(
        queryKey,
        withRows((one: EndpointItem) => (one.id === endpoint.id ? turned(one, isOn) : one)),
      ),
    ],
    affects: () => [queryKey],
    onSaved: (saved, { endpoint, isOn }) => {
      if (saved === undefined) return;
      notices.say(isOn ? words.turnedOn(endpoint.url) : words.turnedOff(endpoint.url), {
        label: texts.common.undo,
        run: () => {
          write.write({ endpoint: saved, isOn: !isOn });
        },
      });
    },
  });
  const turn = (endpoint: EndpointItem, isOn: boolean) => {
    write.write({ endpoint, isOn });
  };
  return { ...write, turn };
}

function turned(endpoint: EndpointItem, isOn: boolean): EndpointItem {
  if (isOn) return { ...endpoint, disabled_at: null, disabled_because: null };
  return { ...endpoint, disabled_at: new Date().toISOString(), disabled_because: 'asked' };
}
