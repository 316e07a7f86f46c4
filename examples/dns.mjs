// DNS over TCP (RFC 1035, 4.2.2): a length of two bytes in front of each message. Prints addresses.
//   node examples/dns.mjs [host port name]
import { framing, TCPSocket } from "sansock";

const [host = "localhost", port = 53, name = "localhost"] = process.argv.slice(2);
const socket = new TCPSocket(host, port, {
  binaryType: "uint8array",
  framing: framing.lengthPrefixed({ bytes: 2 }),
});
await socket.opened;
socket.send(question(name));
for await (const message of socket) {
  for (const address of addresses(message)) console.log(address);
  break; // closes the socket
}

/** Asks for records of type A, class IN; recursion desired. */
function question(name) {
  const labels = name.match(/[^.]+/g).flatMap((label) => [label.length, ...Buffer.from(label)]);
  return Uint8Array.of(0, 1, 1, 0, 0, 1, 0, 0, 0, 0, 0, 0, ...labels, 0, 0, 1, 0, 1);
}

function* addresses(message) {
  const view = new DataView(message.buffer, message.byteOffset, message.length);
  if ((message[3] & 15) !== 0) throw new Error(`the server answers with code ${message[3] & 15}`);
  let at = afterName(message, 12) + 4; // behind the question
  for (let left = view.getUint16(6); left > 0; left--) {
    at = afterName(message, at);
    const [type, length] = [view.getUint16(at), view.getUint16(at + 8)];
    at += 10 + length;
    if (type === 1) yield message.subarray(at - length, at).join(".");
  }
}

/** A name is labels up to an empty one, or up to a pointer of two bytes. */
function afterName(message, at) {
  for (; message[at] !== 0; at += 1 + message[at]) if (message[at] >= 192) return at + 2;
  return at + 1;
}
