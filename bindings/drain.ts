/**
 * The orderly end of all an engine does, for restarts: close everything, and after a while insist.
 *
 * The order is the core's own close and abort; this only says them to everybody and waits.
 */
import type { Driver } from "./driver.ts";

/** Resolves when every socket and server that lives now is gone. */
export async function drain(driver: Driver, milliseconds: number): Promise<void> {
  const { channels } = driver;
  const { call } = driver.core;
  for (const { handle } of channels) call.close(handle);
  driver.schedule();
  const insist = driver.host.timer(milliseconds, () => {
    for (const { handle } of channels) call.abort(handle);
    driver.turn();
  });
  await Promise.all(channels.map((channel) => channel.released));
  insist.cancel();
}
