/**
 * The next macrotask, from whatever the JavaScript host has for it.
 *
 * Must never run a task inside the call, nor as a microtask: between two macrotasks every promise
 * that can go on does. Probed when loaded, so a test that fakes timers later does not stop a
 * loopback network.
 */

/** Calls back once, in a macrotask of its own. */
export type Macrotask = (task: () => void) => void;

export const macrotask: Macrotask = probe();

function probe(): Macrotask {
  if (typeof setImmediate === "function") {
    const immediate = setImmediate;
    return (task) => void immediate(task);
  }
  if (typeof MessageChannel === "function") return overChannel();
  const timeout = setTimeout;
  return (task) => void timeout(task, 0);
}

/** Browsers: setTimeout(0) would wait four milliseconds. */
function overChannel(): Macrotask {
  const tasks: (() => void)[] = [];
  const { port1, port2 } = new MessageChannel();
  port1.onmessage = () => tasks.shift()?.();
  return (task) => {
    tasks.push(task);
    port2.postMessage(null);
  };
}
