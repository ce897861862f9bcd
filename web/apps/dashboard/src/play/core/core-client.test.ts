import { expect, test } from 'vitest';

import { CoreClient, type CoreMessage, type WorkerPort } from './core-client';
import type { FromWorker, ToWorker } from './protocol';

class FakeWorker implements WorkerPort {
  onmessage: ((event: MessageEvent) => void) | null = null;
  onerror: ((event: ErrorEvent) => void) | null = null;
  readonly sent: ToWorker[] = [];
  postMessage(message: ToWorker): void {
    this.sent.push(message);
  }
  terminate(): void {
    this.onmessage = null;
  }
  answer(data: FromWorker): void {
    this.onmessage?.({ data } as MessageEvent);
  }
}

function client() {
  const port = new FakeWorker();
  const received: CoreMessage[] = [];
  return { port, received, core: new CoreClient(port, (message) => received.push(message)) };
}

test('answers are matched to their questions, whatever order they arrive in', async () => {
  const { port, core } = client();
  const [first, second] = [core.ask('state_hash'), core.ask('state_hash')];
  port.answer({ type: 'answer', id: 2, value: 'two' });
  port.answer({ type: 'answer', id: 1, value: 'one' });
  expect(await Promise.all([first, second])).toEqual(['one', 'two']);
});

test('a question that the core cannot answer rejects with its reason', async () => {
  const { port, core } = client();
  const asked = core.ask('tower', 9);
  port.answer({ type: 'unanswered', id: 1, message: 'ValueError: 9 is not in list' });
  await expect(asked).rejects.toThrow('9 is not in list');
});

test('every other message of the worker is passed on', () => {
  const { port, received, core } = client();
  core.sendCommand('Build', 0, 5, 6);
  expect(port.sent).toEqual([{ type: 'command', command: 'Build', fields: [0, 5, 6] }]);
  port.answer({ type: 'progress', received: 1, total: 2 });
  expect(received).toEqual([{ type: 'progress', received: 1, total: 2 }]);
});
