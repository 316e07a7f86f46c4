/**
 * The kernel's congestion control, on which every figure depends: bbr paces what is sent, over the
 * loopback device too, so that a fast receiver waits for its sender and is interrupted by its timers.
 * reno and cubic send as fast as they can.
 */
import { readFileSync } from "node:fs";

const SETTINGS = "/proc/sys/net/ipv4/";
const CURRENT = `${SETTINGS}tcp_congestion_control`;

/** The one in use, or nothing where the kernel does not say (Linux does). */
export function congestionControl() {
  return setting(CURRENT);
}

/**
 * The command that runs `words` with another, in a network namespace of its own: nothing outside of it
 * changes, and nobody needs to be root.
 */
export function withCongestion(name, words) {
  const allowed = setting(`${SETTINGS}tcp_allowed_congestion_control`)?.split(" ") ?? [];
  if (!allowed.includes(name)) {
    const what = allowed.join(", ") || "nothing that could be chosen";
    throw new Error(`--congestion ${name}: this kernel allows ${what}`);
  }
  const script = `ip link set lo up && echo ${name} > ${CURRENT} && exec "$@"`;
  return ["unshare", "--map-root-user", "--net", "sh", "-c", script, "sh", ...words];
}

function setting(file) {
  try {
    return readFileSync(file, "utf8").trim();
  } catch {
    return undefined;
  }
}
