import { afterEach, beforeEach, vi } from 'vitest';
import { siteChooses } from './site';

beforeEach(() => {
  siteChooses({});
  localStorage.clear();
  sessionStorage.clear();
});

afterEach(() => {
  vi.useRealTimers();
  vi.unstubAllGlobals();
  vi.resetModules();
});
