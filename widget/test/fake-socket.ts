import { vi } from 'vitest';

/** Sockets that the test plays the server of. */
export class FakeSocket {
  static all: FakeSocket[] = [];
  static get last(): FakeSocket {
    return FakeSocket.all.at(-1)!;
  }
  sent: any[] = [];
  closed = false;
  onopen = () => {};
  onclose = (_: { code: number }) => {};
  onmessage = (_: { data: string }) => {};
  constructor(
    readonly url: string,
    readonly protocol: string,
  ) {
    FakeSocket.all.push(this);
  }
  send(text: string) {
    this.sent.push(JSON.parse(text));
  }
  close() {
    this.closed = true;
  }
  says(message: object) {
    this.onmessage({ data: JSON.stringify(message) });
  }
  accepts() {
    this.onopen();
    this.says({ type: 'connection_ack' });
  }
  ends(code: string) {
    this.says({ type: 'error', id: '1', payload: [{ message: code, extensions: { code } }] });
  }
  breaks(code = 1006) {
    this.onclose({ code });
  }
  get subscribed() {
    return this.sent.find(({ type }) => type == 'subscribe')?.payload.variables;
  }
}

export function useFakeSockets() {
  FakeSocket.all = [];
  vi.stubGlobal('WebSocket', FakeSocket);
}
