import { solve } from './solve';

// A script of its own, loaded only when the desk asks for proof: who is never asked pays nothing for it.

/** Fetches a challenge and solves it, which takes a slow phone about a second; `status` says so meanwhile. */
export async function prove(server: string, english: boolean, status: HTMLElement): Promise<string> {
  const said = document.createElement('p');
  said.className = 'event';
  said.textContent = english ? 'One moment: preparing your chat…' : 'Um instante: preparando a conversa…';
  status.append(said);
  try {
    const body = JSON.stringify({ query: '{openingChallenge}' });
    const headers = { 'content-type': 'application/json' };
    const answer = await fetch(server, { method: 'POST', credentials: 'omit', headers, body });
    return await solve((await answer.json()).data.openingChallenge);
  } finally {
    said.remove();
  }
}
