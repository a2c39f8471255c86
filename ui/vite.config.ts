import { fileURLToPath, URL } from 'node:url';
import { svelte } from '@sveltejs/vite-plugin-svelte';
import { defineConfig } from 'vitest/config';

const here = (path: string) => fileURLToPath(new URL(path, import.meta.url));

/**
 * In mode `gallery` the one folder that talks to the shell is replaced by a pretend one, so that the
 * screens can be looked at in a browser. No other mode can reach `gallery/`.
 */
export default defineConfig(({ mode }) => ({
  plugins: [svelte()],
  base: './',
  resolve: {
    alias: {
      $shell: here(mode === 'gallery' ? './gallery/shell.ts' : './src/tauri/index.ts'),
      $src: here('./src'),
      $locales: here('./locales'),
    },
  },
  build: {
    outDir: mode === 'gallery' ? 'dist-gallery' : 'dist',
    target: ['es2022', 'chrome111', 'safari16.4'],
    // Everything is on the device already, and the content policy allows no inline data beyond images.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    sourcemap: false,
    chunkSizeWarningLimit: 1200,
  },
  worker: { format: 'es' as const },
  server: { port: 5173, strictPort: true },
  test: { include: ['src/**/*.test.ts'], environment: 'node' },
}));
