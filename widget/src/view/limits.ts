/** The longest message the desk takes, in characters. */
export const LONGEST = 4000;
