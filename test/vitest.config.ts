/**
 * Runs the TypeScript of bindings/ and host/ as it stands. Three projects: `unit` is `npm test`;
 * `package` (test/package/, what would be published, as its users get it) is
 * `npm run test:package`; `peers` (test/peers/, real programs at the other end of the wire) is
 * `npm run test:peers`.
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
      {
        extends: true,
        test: {
          name: "package",
          include: ["test/package/**/*.pack.ts"],
          globalSetup: "test/package/support/setup.ts",
          testTimeout: 60_000,
        },
      },
      { extends: true, test: { name: "peers", include: ["test/peers/**/*.peers.ts"] } },
    ],
  },
});
