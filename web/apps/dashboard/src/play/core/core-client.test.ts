import { expect, test } from 'vitest';

import { CoreClient, type CoreMessage, type WorkerPort } from './core-client';
import type { FromWorker, ToWorker } from './protocol';

class Port implements WorkerPort {
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
  const port = new Port();
  const heard: CoreMessage[] = [];
  return { port, heard, core: new CoreClient(port, (message) => heard.push(message)) };
}

test('each question gets its own answer, in whichever order they come', async () => {
  const { port, core } = client();
  const [first, second] = [core.ask('state_hash'), core.ask('state_hash')];
  port.answer({ type: 'answer', id: 2, value: 'two' });
  port.answer({ type: 'answer', id: 1, value: 'one' });
  expect(await Promise.all([first, second])).toEqual(['one', 'two']);
});

test('a question that the core cannot answer is rejected with its reason', async () => {
  const { port, core } = client();
  const asked = core.ask('tower', 9);
  port.answer({ type: 'refused', id: 1, message: 'ValueError: 9 is not in list' });
  await expect(asked).rejects.toThrow('9 is not in list');
});

test('everything else that the worker says is handed on', () => {
  const { port, heard, core } = client();
  core.order('Build', 0, 5, 6);
  expect(port.sent).toEqual([{ type: 'order', command: 'Build', fields: [0, 5, 6] }]);
  port.answer({ type: 'progress', received: 1, total: 2 });
  expect(heard).toEqual([{ type: 'progress', received: 1, total: 2 }]);
});
