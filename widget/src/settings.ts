// One page, one widget: its modules are the instance, and what the site chose is read once, while the script tag is at
// hand. The panel's own tag is given the same choices, so this module says the same in both scripts.
export const { src, dataset } = document.currentScript as HTMLScriptElement;

export const { lang = '', department, theme, color = '' } = dataset;
/** The server's GraphQL address: where the script came from. Also the name under which the browser remembers. */
export const server = /* @__PURE__ */ new URL('graphql', src).href;
export const english = /^en/i.test(lang);
// English is read in Brazil here: the day first and 24 hours, as in the panels.
export const locale = english ? 'en-GB' : 'pt-BR';
