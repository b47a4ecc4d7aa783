import type * as acting from './chat/acting';
import type * as current from './chat/current';
import type * as departments from './chat/departments';
import type * as items from './chat/items';
import type * as notices from './chat/notices';
import type * as opening from './chat/opening';
import type * as sending from './chat/sending';
import type * as launcher from './launcher/launcher';
import type * as state from './chat/state';
import type * as wearing from './view/wear';
import type * as cpf from './cpf';
import type * as making from './h';
import { MEETING } from './meeting';
import type * as draft from './session/draft';

// Two scripts, so that a site pays 13 KB for the button and the open conversation behind it, and for the panel only once
// somebody opens it. The first script holds all state; the panel draws it and reaches it through this one object.

/** What the first script hands to the panel: the conversation, all that a person can do to it, the shadow root, and what both scripts need. */
export type Desk = Pick<typeof acting, 'closeChat' | 'rateChat' | 'markRead' | 'markTyping' | 'showEarlier' | 'startOver'> &
  Pick<typeof current, 'current'> &
  Pick<typeof departments, 'departments'> &
  Pick<typeof notices, 'banner'> &
  Pick<typeof opening, 'openChat'> &
  Pick<typeof sending, 'write'> &
  Pick<typeof state, 'reopensFor'> &
  Pick<typeof items, 'items'> &
  Pick<typeof wearing, 'wear'> &
  Pick<typeof making, 'h' | 'button'> &
  Pick<typeof cpf, 'isCpf' | 'maskCpf'> &
  Pick<typeof draft, 'draft' | 'setDraft'> &
  Pick<typeof launcher, 'show'> & {
    root: ShadowRoot;
    /** Called by the panel once it is there. */
    join(panel: Panel): void;
  };

export interface Panel {
  show(open: boolean, focus: boolean): void;
  draw(): void;
}

/** The first script's desk, as the panel sees it. */
export const desk = (globalThis as unknown as Record<string, Desk>)[MEETING];
