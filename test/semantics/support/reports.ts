/** What JavaScript reports as uncaught, for the tests in which handlers throw. */
import { turns } from "./signal.ts";

/**
 * Runs `body` and returns the messages of the exceptions reported meanwhile, at least `count`.
 * The runner's own listeners are set aside: to them it would be a failed run.
 */
export async function reports(count: number, body: () => Promise<void>): Promise<string[]> {
  const messages: string[] = [];
  const others = process.listeners("uncaughtException");
  process.removeAllListeners("uncaughtException");
  process.on("uncaughtException", ({ message }) => messages.push(message));
  try {
    await body();
    // A report may come a tick or a task after the event; a fixed few, so that none is waited for.
    for (let i = 0; i < 20 && messages.length < count; i++) await turns(1);
    await turns();
    return messages;
  } finally {
    process.removeAllListeners("uncaughtException");
    for (const listener of others) process.on("uncaughtException", listener);
  }
}
