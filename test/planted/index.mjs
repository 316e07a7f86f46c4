/**
 * The bugs that scripts/planted.mjs plants, one at a time, to see that the tests notice.
 *
 * Each is a small, true bug: something a user could see goes wrong, and everything else goes on. `find` stands
 * exactly once in `file`, `replace` is put there; `breaks` says what goes wrong, and `tests` (beginnings of
 * paths) who should see it first.
 */
import { bindings } from "./bindings.mjs";
import { core } from "./core.mjs";
import { coreLife } from "./core-life.mjs";
import { framing } from "./framing.mjs";
import { host } from "./host.mjs";

/** Kind to bugs. */
export const PLANTED = { core: [...core, ...coreLife, ...framing], bindings, host };
