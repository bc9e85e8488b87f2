import react from '@vitejs/plugin-react';
import { defineConfig } from 'vitest/config';

// Where `npm run dev` finds the service: the cloud host, as `./presence demo` starts it.
const service = process.env.PRESENCE_URL ?? 'http://localhost:8080';
const pages = { operators: 'operators.html', staff: 'staff.html', me: 'me.html' };

export default defineConfig({
  plugins: [
    react(),
    {
      // In production the host serves /operators from operators.html; do the same while developing.
      name: 'page-addresses',
      configureServer: (server) => {
        server.middlewares.use((request, _response, next) => {
          const [path = '/', query] = (request.url ?? '/').split('?');
          const page = path.slice(1).replace(/\/$/, '');
          if (page in pages) request.url = `/${page}.html${query === undefined ? '' : `?${query}`}`;
          next();
        });
      },
    },
  ],
  server: {
    proxy: { '/api': service, '/healthz': service, '/hubs': { target: service, ws: true } },
  },
  build: {
    // The content security policy allows no data: fonts and no inline script, so nothing is inlined.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    rollupOptions: { input: pages },
    chunkSizeWarningLimit: 700,
  },
  // A busy machine is slow, not wrong: the time-out is for what hangs.
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    environment: 'jsdom',
    include: ['**/*.test.{ts,tsx}'],
    exclude: ['node_modules', 'dist'],
  },
});
