/**
 * What every host of host/transport.ts must show, whoever wrote it. The engine takes no part: the
 * suite brings its own sinks (contract/end.ts), which check the rules of transport.ts at every
 * report, and its own window. Nothing sleeps; tests wait for reports.
 */
import { afterEach, beforeAll, beforeEach, describe } from "vitest";
import type { Host } from "../../host/transport.ts";
import { connectingContract } from "./contract/connecting.ts";
import { endingsContract } from "./contract/endings.ts";
import type { Keys } from "./contract/keys.ts";
import { listeningContract } from "./contract/listening.ts";
import { movingBytesContract } from "./contract/moving-bytes.ts";
import { secureTrafficContract } from "./contract/secure-traffic.ts";
import { securingContract } from "./contract/securing.ts";
import { servicesContract } from "./contract/services.ts";
import { type Sizes, Stage } from "./contract/stage.ts";

const SIZES: Sizes = { bulk: 1 << 20, stall: 1 << 25, surplus: 65_536 };

/** Declares the suite for the hosts `makeHost` makes, one for each test; `makeKeys` makes certificates. */
export function transportContract(
  name: string,
  makeHost: () => Host,
  makeKeys: () => Promise<Keys>,
  sizes: Sizes = SIZES,
): void {
  describe(`contract: ${name}`, () => {
    let keys: Keys;
    let stage: Stage;
    const on = (): Stage => stage;
    beforeAll(async () => {
      keys = await makeKeys();
    });
    beforeEach(() => {
      stage = new Stage(makeHost(), sizes, keys);
    });
    afterEach(() => stage.strike());
    describe("connecting", () => connectingContract(on));
    describe("moving bytes", () => movingBytesContract(on));
    describe("endings", () => endingsContract(on));
    describe("listening", () => listeningContract(on));
    describe("services", () => servicesContract(on));
    describe("securing", () => securingContract(on));
    describe("secure traffic", () => secureTrafficContract(on));
  });
}
