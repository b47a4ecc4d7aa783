import { expect, test } from 'vitest';
import { departments } from '../src/chat/departments';
import { banner } from '../src/chat/notices';
import { FakeServer, fails } from './fake-server';

test('what is for everyone is told before anybody writes, as text, and goes when it is over', async () => {
  const server = new FakeServer();
  server.notices = ['Fibra rompida no centro.', '<b>Energia</b>'];
  await departments();
  expect(banner.textContent).toBe('Fibra rompida no centro.<b>Energia</b>');
  expect(banner.querySelector('b')).toBeNull();
  // What could not be read anew stays as it was.
  server.next['departments{'] = [fails('UNAVAILABLE')];
  await expect(departments()).rejects.toBe('UNAVAILABLE');
  expect(banner.textContent).not.toBe('');
  server.notices = [];
  await departments();
  expect(banner.textContent).toBe('');
});
