/**
 * The twin: sansock's API shape in plain JavaScript on node:net, as good as we can make it, without
 * wasm and without its rules (framing, limits, deadlines, every state). What separates sansock from
 * it is what wasm and the rules cost or gain; what separates it from node:net is the API's price.
 */
export { TCPServerSocket } from "./tcp-server-socket.mjs";
export { TCPSocket } from "./tcp-socket.mjs";
