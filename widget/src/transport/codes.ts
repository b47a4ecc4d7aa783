/** The token no longer opens this chat. */
export const GONE = /^(UNAUTH|FORBID|NOT_F)/;

/** The server looked at the request and will never take it; whatever is neither this nor GONE may work later. */
export const REFUSED = /^(INV|REQ|CONF|CAP|IDEM|TOO_L)/;

/** Close codes with which a server says that it will not talk to us over a socket. */
export const NO_SOCKET = /^(44|1002|1008)/;
