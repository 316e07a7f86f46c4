/**
 * What can happen to a socket in the small scope: calls of the app, reports of the transport, and
 * what the app is going to do in its next handler. Each says when it can.
 */
import { REASON_INTERRUPTED, REASON_RESET, REASON_TLS } from "../../assembly/reasons.ts";
import type { Actor } from "./actor.ts";
import { Choices } from "./choices.ts";
import { anyFormat } from "./formats.ts";
import type { Scene } from "./scene.ts";

export interface Action {
  readonly name: string;
  can(scene: Scene, socket: number): boolean;
  act(scene: Scene, socket: number): void;
}

const THREE = new TextEncoder().encode("abc");
const HALF = new TextEncoder().encode("x");
const WHOLE = new TextEncoder().encode("y\r\nz\r\n");
/** The second of the simulator's framings: lines. */
const LINES = anyFormat(new Choices([1]));

const CALLS: Record<string, (actor: Actor) => void> = {
  send: (actor) => actor.send(THREE),
  suspend: (actor) => actor.suspend(),
  resume: (actor) => actor.resume(),
  close: (actor) => actor.close(),
  closeImmediately: (actor) => actor.closeImmediately(),
  halfClose: (actor) => actor.halfClose(),
  upgrade: (actor) => actor.upgrade(),
  lines: (actor) => actor.setFraming(LINES),
  nobody: (actor) => actor.take("nobody"),
};

/** Which calls are worth making in a handler, too. */
const ARMED = ["send", "suspend", "close", "closeImmediately", "upgrade", "lines"];

const calls = Object.entries(CALLS).map(([name, call]): Action => {
  return {
    name: `${name}()`,
    can: (scene, socket) => !scene.actors[socket]?.model.over,
    act: (scene, socket) => scene.call(socket, call),
  };
});

const armed = ARMED.map((name): Action => {
  return {
    name: `then ${name}()`,
    can: (scene, socket) => !scene.actors[socket]?.model.over && scene.armed[socket] === null,
    act: (scene, socket) => {
      scene.armed[socket] = CALLS[name] ?? null;
    },
  };
});

/** While the transport lives, and is up, reading and not in a handshake where that matters. */
function alive(scene: Scene, socket: number): boolean {
  const { gone, destroyed } = scene.line(socket);
  return !gone && !destroyed && !scene.transport(socket).failed;
}

function up(scene: Scene, socket: number): boolean {
  return alive(scene, socket) && scene.transport(socket).up;
}

function shaking(scene: Scene, socket: number): boolean {
  return alive(scene, socket) && scene.transport(socket).shaking;
}

function reading(scene: Scene, socket: number): boolean {
  const { ended, shaking } = scene.transport(socket);
  return up(scene, socket) && !ended && !shaking && !scene.line(socket).paused;
}

/** An alert, and the peer's FIN, as a host says it. */
const HANDSHAKE_FAILURES = [
  [REASON_TLS, "ERR_SSL_ALERT_HANDSHAKE_FAILURE"],
  [REASON_INTERRUPTED, "ECONNRESET"],
] as const;

const reports: Action[] = [
  {
    name: "connected",
    can: (scene, socket) => alive(scene, socket) && !scene.transport(socket).up,
    act: (scene, socket) => {
      scene.transport(socket).up = true;
      scene.line(socket).connected();
    },
  },
  ...[HALF, WHOLE].map(
    (bytes): Action => ({
      name: `received ${bytes.length}`,
      can: reading,
      act: (scene, socket) => scene.line(socket).receivedCopy(bytes),
    }),
  ),
  ...[1, 3].map(
    (count): Action => ({
      name: `sent ${count}`,
      can: (scene, socket) => alive(scene, socket) && scene.transport(socket).inFlight >= count,
      act: (scene, socket) => {
        scene.transport(socket).inFlight -= count;
        scene.line(socket).sent(count);
      },
    }),
  ),
  {
    name: "ended",
    can: reading,
    act: (scene, socket) => {
      scene.transport(socket).ended = true;
      scene.line(socket).ended();
    },
  },
  {
    name: "failed",
    can: alive,
    act: (scene, socket) => {
      scene.transport(socket).failed = true;
      scene.line(socket).failed(REASON_RESET, { code: "ECONNRESET", syscall: "read" });
    },
  },
  {
    name: "closed",
    can: (scene, socket) => {
      const { gone, destroyed } = scene.line(socket);
      return !gone && (destroyed || scene.transport(socket).failed);
    },
    act: (scene, socket) => scene.line(socket).closed(),
  },
  {
    name: "secured",
    can: shaking,
    act: (scene, socket) => {
      scene.transport(socket).shaking = false;
      scene.line(socket).secured();
    },
  },
  ...HANDSHAKE_FAILURES.map(
    ([reason, code]): Action => ({
      name: `handshake failed for ${reason}`,
      can: shaking,
      act: (scene, socket) => {
        scene.transport(socket).failed = true;
        scene.line(socket).failed(reason, { code });
      },
    }),
  ),
];

/** All of it; sequences are lists of places in this list. */
export const ACTIONS: readonly Action[] = [
  ...calls,
  ...reports,
  ...armed,
  {
    name: "time",
    can: (scene, socket) => socket === 0 && scene.network.timers.length > 0,
    act: (scene) => scene.network.ring(),
  },
];
