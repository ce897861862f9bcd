import {
  ApiError,
  deleteWebhookEndpoint,
  replayFailedWebhooks,
  rotateWebhookSecret,
  send,
  testWebhookEndpoint,
  type EndpointItem,
} from '@keepwell/api';
import { formatCount, Icon, Menu, type IconName } from '@keepwell/ui';
import { useQueryClient } from '@tanstack/react-query';

import { etagOf } from '../../queries/pages';
import { doLater, useLater } from '../../shell/notices/later';
import { notices } from '../../shell/notices/notices';
import { texts } from '../../texts';
import type { ShownSecret } from './shown-secret';

const words = texts.settings.webhooks.endpoints;

export interface EndpointMenuProps {
  readonly endpoint: EndpointItem;
  readonly onSecret: (secret: ShownSecret) => void;
  readonly onTurn: (endpoint: EndpointItem, isOn: boolean) => void;
}

/** What can be done with an endpoint. */
export function EndpointMenu({ endpoint, onSecret, onTurn }: EndpointMenuProps) {
  const actions = useActions(endpoint, onSecret);
  const isLeaving = useLater().has(endpoint.id);
  const isOn = endpoint.disabled_at === null;
  if (isLeaving) return null;
  return (
    <Menu
      label={words.menu(endpoint.url)}
      className="button button-icon button-quiet"
      trigger={<Icon name="more" />}
    >
      {isOn ? <Item icon="pulse" label={words.test} onPress={actions.test} /> : null}
      <Item icon="retry" label={words.replay} onPress={actions.replay} />
      <Item icon="key" label={words.rotate} onPress={actions.rotate} />
      <Item
        icon={isOn ? 'minus' : 'check'}
        label={isOn ? words.turnOff : words.turnOn}
        onPress={() => {
          onTurn(endpoint, !isOn);
        }}
      />
      <Item icon="trash" label={words.remove} onPress={actions.remove} />
    </Menu>
  );
}

interface ItemProps {
  readonly icon: IconName;
  readonly label: string;
  readonly onPress: () => void;
}

function Item({ icon, label, onPress }: ItemProps) {
  return (
    <button type="button" className="menu-item" onClick={onPress}>
      <Icon name={icon} />
      {label}
    </button>
  );
}

function useActions(endpoint: EndpointItem, onSecret: (secret: ShownSecret) => void) {
  const client = useQueryClient();
  const { id, url } = endpoint;
  const path = { webhook_endpoint_id: id };
  const attempt = async (run: () => Promise<unknown>) => {
    try {
      await run();
    } catch (error) {
      if (error instanceof ApiError) notices.say(words.failed(error.problem.detail));
    }
    await client.invalidateQueries({ queryKey: ['webhook-deliveries'] });
    await client.invalidateQueries({ queryKey: ['webhook-endpoints'] });
  };
  return {
    test: () =>
      void attempt(async () => {
        await send(testWebhookEndpoint({ path }));
        notices.say(words.tested);
      }),
    replay: () =>
      void attempt(async () => {
        const { deliveries } = await send(replayFailedWebhooks({ path, body: {} }));
        notices.say(words.replayed(formatCount(deliveries)));
      }),
    rotate: () =>
      void attempt(async () => {
        const { secret } = await send(rotateWebhookSecret({ path }));
        onSecret({ title: words.rotated(url), note: words.rotatedNote, secret });
      }),
    remove: () => {
      const run = () => attempt(() => send(deleteWebhookEndpoint({ path }), { ifMatch: etagOf(endpoint) }));
      doLater({ key: id, text: words.removed(url), run });
    },
  };
}
