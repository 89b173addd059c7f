import react from '@vitejs/plugin-react';
import { defineConfig } from 'vite';
import { compressedFiles } from './compressed-files.ts';

/** Where a console runs while the page is worked on: the demo in containers starts one there. */
const console = 'http://127.0.0.1:8080';

export default defineConfig({
  plugins: [react(), compressedFiles()],
  build: {
    // The console's policy allows nothing inline: small files stay files.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    target: 'es2023',
  },
  server: {
    proxy: Object.fromEntries(['/api', '/sign-in', '/queues'].map((path) => [path, console])),
  },
  preview: {
    proxy: Object.fromEntries(['/api', '/sign-in', '/queues'].map((path) => [path, console])),
  },
});
