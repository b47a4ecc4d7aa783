import { defineConfig } from 'vitest/config';

// Two scripts of one build: the button, which every page of a site pays for, and the panel, loaded when somebody opens it.
const button = { entry: 'src/main.ts', name: 'AliDash', fileName: () => 'alidash.js' };
const panel = { entry: 'src/panel.ts', name: 'AliDashPanel', fileName: () => 'alidash-panel.js' };

export default defineConfig(({ mode }) => ({
  build: {
    lib: { ...(mode == 'panel' ? panel : button), formats: ['iife'] },
    emptyOutDir: mode != 'panel',
    // Phones of customers live long: Safari 16.4 is the first with adoptedStyleSheets.
    target: ['es2021', 'safari16.4'],
    cssTarget: ['chrome111', 'safari16.4', 'firefox113'],
  },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
}));
