/**
 * A listener's connections: how many live, and how many it takes (maxConnections).
 *
 * One counts from the moment it can be announced until its handle dies. TLS handshakes do not: whoever
 * dribbles them would keep others out. They are capped by themselves (handshakes.ts).
 */
import { CONTROL_REFUSED } from "./abi.ts";
import { getControl, setControl } from "./control.ts";
import { COUNTED, Socket } from "./socket.ts";
import { findSocket } from "./socket-table.ts";

export function isFull(listener: Socket): bool {
  return listener.connections >= listener.connectionsMax;
}

/** Counts an accepted socket; false if its listener takes no more, or is gone. */
export function countConnection(socket: Socket): bool {
  const found = findSocket(socket.parent);
  if (found === 0 || isFull(changetype<Socket>(found))) return false;
  changetype<Socket>(found).connections++;
  socket.flags |= COUNTED;
  return true;
}

/** Its handle dies. */
export function discountConnection(socket: Socket): void {
  if ((socket.flags & COUNTED) === 0) return;
  const listener = findSocket(socket.parent);
  if (listener !== 0) changetype<Socket>(listener).connections--;
}

/** A connection was turned away for want of room. */
export function noteRefusal(): void {
  setControl(CONTROL_REFUSED, getControl(CONTROL_REFUSED) + 1);
}
