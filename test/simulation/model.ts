/**
 * The reference model: what sockets and servers must do, written from Mozilla's facts alone.
 *
 * It shares no code with the core or the bindings, and was written without looking at them. It is
 * told what the transport reports, what the app calls and what the engine orders and says, and
 * objects, with a Divergence, as soon as one of these cannot be. It is slow and holds every byte.
 *
 *     model/socket.ts     one socket: calls and events            model/listener.ts   one server
 *     model/wired.ts      its transport: reports and orders       model/facts.ts      what follows
 *     model/receive.ts    bytes not delivered, messages           model/deadlines.ts  timeouts
 *     model/transmit.ts   bytes not confirmed, bufferedAmount     model/format.ts     a framing
 *     model/tls.ts        how a handshake ends                    model/names.ts      errors' names
 */
export { Divergence, must } from "./model/divergence.ts";
export type { Rules } from "./model/facts.ts";
export type { Format, Found } from "./model/format.ts";
export { ModelListener } from "./model/listener.ts";
export { type Cause, nameOf } from "./model/names.ts";
export { ModelSocket, type Said } from "./model/socket.ts";
export {
  type Alerts,
  type Certificate,
  ModelHandshake,
  type Offer,
  type Role,
} from "./model/tls.ts";
