import { Features } from 'lightningcss';
import { defineConfig } from 'vitest/config';

// Three scripts: the button, which every page of a site pays for; the panel, loaded when somebody opens it; and the proof
// of work, loaded when the desk asks for it.
const button = { entry: 'src/main.ts', name: 'AliDash', fileName: () => 'alidash.js' };
const panel = { entry: 'src/panel.ts', name: 'AliDashPanel', fileName: () => 'alidash-panel.js' };
const proof = { entry: 'src/proof/proof.ts', formats: ['es' as const], fileName: () => 'alidash-proof.js' };

export default defineConfig(({ mode }) => ({
  // We never write light-dark(): without this each color-scheme would carry 50 bytes that prepare for it.
  css: { lightningcss: { exclude: Features.LightDark } },
  build: {
    lib: { formats: ['iife'], ...(mode == 'panel' ? panel : mode == 'proof' ? proof : button) },
    emptyOutDir: mode != 'panel' && mode != 'proof',
    // Phones of customers live long: Safari 16.4 is the first with adoptedStyleSheets.
    target: ['es2021', 'safari16.4'],
    cssTarget: ['chrome111', 'safari16.4', 'firefox113'],
  },
  test: { environment: 'happy-dom', include: ['test/**/*.test.ts'], setupFiles: ['test/setup.ts'] },
}));
