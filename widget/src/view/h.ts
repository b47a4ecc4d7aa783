import { desk } from '../desk';

/** What makes elements came with the first script: the panel does not carry it again. */
export const { h, button } = desk;
