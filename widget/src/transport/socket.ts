import { server } from '../settings';

export interface Talk {
  init: object;
  subscription(): { query: string; variables: object };
  /** The server took the credentials. */
  up(): void;
  next(data: any): void;
  /** It is over, told once: an extensions.code of the subscription, or the close code of the connection. */
  over(code: string): void;
}

const SILENCE = 12_000;

/** One connection of graphql-transport-ws with one subscription; returns how to hang up. Never comes back by itself. */
export function connect({ init, subscription, up, next, over }: Talk): () => void {
  const socket = new WebSocket(server.replace('http', 'ws'), 'graphql-transport-ws');
  let heard = false;
  let done = false;
  const send = (type: string, payload?: object, id?: string) => socket.send(JSON.stringify({ type, payload, id }));

  function finish(code?: string) {
    if (done) return;
    done = true;
    clearInterval(beat);
    socket.close();
    if (code) over(code);
  }

  // A half-open connection never closes by itself: whoever stays silent over a ping is gone.
  const beat = setInterval(() => {
    if (!heard) return finish('SILENT');
    heard = false;
    send('ping');
  }, SILENCE);

  socket.onopen = () => send('connection_init', init);
  socket.onclose = ({ code }) => finish(`${code}`);
  socket.onmessage = ({ data }) => {
    heard = true;
    const { type, payload } = JSON.parse(data);
    if (done) return;
    if (type == 'connection_ack') {
      send('subscribe', subscription(), '1');
      up();
    } else if (type == 'ping') send('pong');
    else if (payload?.data) next(payload.data);
    else if (type != 'pong') finish((payload?.errors || payload)?.[0]?.extensions?.code || type);
  };
  return finish;
}
