/** The types of events: what they carry, what handlers and listeners get, what `this` is in them. */
import {
  type MessageBatch,
  type TCPServerSocket,
  TCPServerSocketEvent,
  type TCPSocket,
  type TCPSocketError,
  TCPSocketErrorEvent,
  TCPSocketEvent,
} from "sansock";
import type { All, Same } from "./same.ts";

declare const socket: TCPSocket;
declare const server: TCPServerSocket;

type Quiet = TCPSocketEvent<undefined>;
// biome-ignore lint/suspicious/noExplicitAny: what data is depends on binaryType
type Data = TCPSocketEvent<any>;
type Batch = TCPSocketEvent<MessageBatch>;
type Handler<Target, E> = ((this: Target, event: E) => unknown) | null;

export type Handlers = All<
  [
    Same<TCPSocket["onopen" | "ondrain" | "onend" | "onclose"], Handler<TCPSocket, Quiet>>,
    Same<TCPSocket["ondata"], Handler<TCPSocket, Data>>,
    Same<TCPSocket["onmessages"], Handler<TCPSocket, Batch>>,
    Same<TCPSocket["onerror"], Handler<TCPSocket, TCPSocketErrorEvent>>,
    Same<TCPServerSocket["onconnect"], Handler<TCPServerSocket, TCPServerSocketEvent>>,
    Same<TCPServerSocket["onerror"], Handler<TCPServerSocket, TCPSocketErrorEvent>>,
  ]
>;

export type Carried = All<
  [
    Same<TCPSocketErrorEvent["name" | "message"], string>,
    Same<TCPSocketErrorEvent["errorCode"], number>,
    Same<TCPSocketErrorEvent["error"], TCPSocketError | null>,
    Same<TCPSocketErrorEvent["data"], { name: string; message: string }>,
    Same<TCPServerSocketEvent["socket"], TCPSocket | null>,
    Same<TCPSocketError["name" | "message" | "code"], string>,
    Same<TCPSocketError["errorCode"], number>,
    Same<TCPSocketError["cause"], unknown>,
  ]
>;

export function handlers(): void {
  socket.ondata = function ({ data }) {
    this.send(data) satisfies boolean;
  };
  socket.onmessages = ({ data: batch, target, type }) => {
    for (let i = 0; i < batch.length; i++) batch.at(i) satisfies Uint8Array;
    for (const message of batch) message satisfies Uint8Array;
    batch.bytes.subarray(batch.offset(0), batch.offset(0) + batch.size(0)) satisfies Uint8Array;
    return [batch.table satisfies Uint32Array, target satisfies EventTarget | null, type];
  };
  socket.onopen = () => {};
  socket.onopen = async () => {};
  socket.onopen = null;
  // @ts-expect-error an object is no handler, though it may be a listener
  socket.onopen = { handleEvent() {} };
  // @ts-expect-error nobody hands undefined over where null is meant
  socket.onopen = undefined;
  // @ts-expect-error not the event of an error
  socket.onclose = (event: TCPSocketErrorEvent) => event;
}

export function listeners(): void {
  socket.addEventListener("open", (event) => event satisfies Quiet);
  socket.addEventListener("data", ({ data }) => data.anything);
  socket.addEventListener("messages", ({ data }) => data.bytes satisfies Uint8Array);
  socket.addEventListener("error", ({ error }) => error?.code.toUpperCase(), { once: true });
  socket.addEventListener("error", { handleEvent: ({ errorCode }) => errorCode.toFixed() });
  socket.addEventListener("close", null);
  server.addEventListener("connect", ({ socket: accepted }) => accepted?.close());
  server.addEventListener("error", ({ name }) => name.toUpperCase(), true);
  socket.addEventListener("data", function () {
    this.suspend();
  });

  const listener = (event: Event): void => console.log(event.type);
  socket.addEventListener("data", listener, { signal: AbortSignal.abort() });
  socket.removeEventListener("data", listener);
  socket.addEventListener("an event of the app's own", (event) => event satisfies Event);

  // @ts-expect-error not the event of an error
  socket.addEventListener("data", (event: TCPSocketErrorEvent) => event);
  // @ts-expect-error servers connect, sockets do not
  socket.addEventListener("connect", (event: TCPServerSocketEvent) => event);
}

/** They go wherever an EventTarget goes. */
export const targets: EventTarget[] = [socket, server];

/** As Mozilla's, events can be made by hand. */
export function made(): void {
  const event: Event = new TCPSocketEvent("data", { data: new ArrayBuffer(1) });
  new TCPSocketEvent("open");
  new TCPSocketErrorEvent("error", { name: "NetworkError", message: "Network", errorCode: 1 });
  new TCPServerSocketEvent("connect", { socket });
  socket.dispatchEvent(event);
  // @ts-expect-error a type is needed
  new TCPSocketEvent();
}
