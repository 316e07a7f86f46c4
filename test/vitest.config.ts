/**
 * Runs the TypeScript of bindings/ and host/ as it stands. Two projects: `unit` is `npm test`;
 * `peers` (test/peers/, real programs at the other end of the wire) is `npm run test:peers`.
 */
import { fileURLToPath } from "node:url";
import { defineConfig } from "vitest/config";

export default defineConfig({
  root: fileURLToPath(new URL("..", import.meta.url)),
  test: {
    environment: "node",
    pool: "threads", // a quarter faster than forks
    testTimeout: 15_000,
    watch: false,
    projects: [
      { extends: true, test: { name: "unit", include: ["test/**/*.test.ts"] } },
      { extends: true, test: { name: "peers", include: ["test/peers/**/*.peers.ts"] } },
    ],
  },
});
