import { ask } from '../transport/ask';
import { DEPARTMENTS } from '../transport/documents';
import type { Department } from './state';

/** The departments that can be written to, with who is there now. */
export const departments = async (): Promise<Department[]> => (await ask(DEPARTMENTS)).departments;
