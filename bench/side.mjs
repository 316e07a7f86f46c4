/**
 * One process of a question: the side under test or its peer. The parent (child.mjs) calls its
 * actions over the IPC channel; when the channel is gone, so is this.
 *
 *   node side.mjs <question> serve|run <side>
 *   node side.mjs <question> serve|run peer <side under test>
 */
import { memoryAtRest, memoryNow } from "./memory.mjs";
import { questions } from "./questions/index.mjs";

const [name, role, side, tested] = process.argv.slice(2);
const question = questions.find((one) => one.name === name);
// A peer has no side of its own: it is plain node:net, whatever is tested.
const how = question.sides[side] ?? question.peer?.(question.sides[tested]);

const actions = {
  [role]: (...args) => (how?.[role] ?? question[role])(how, ...args),

  /** Microseconds of CPU so far. */
  cpu() {
    const { user, system } = process.cpuUsage();
    return user + system;
  },

  memory: memoryNow,
  memoryAtRest,
};

process.on("message", async ({ action, args }) => {
  process.send({ result: await actions[action](...args) });
});
process.on("disconnect", () => process.exit());
