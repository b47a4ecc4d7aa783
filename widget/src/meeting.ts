/** The two scripts meet at one name of the page. */
export const MEETING = 'alidash';
