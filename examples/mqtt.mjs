// MQTT 3.1.1: a byte for the type, then a varint. Subscribes, publishes, and prints what comes.
//   node examples/mqtt.mjs [host port]
import { framing, TCPSocket } from "sansock";

const [host = "localhost", port = 1883] = process.argv.slice(2);
const socket = new TCPSocket(host, port, {
  binaryType: "uint8array",
  framing: framing.varint({ offset: 1 }),
});
const topic = string("greetings/sansock");
socket.onopen = () => {
  // A client id of the server's choice, a clean session, no keep-alive.
  send(0x10, ...string("MQTT"), 4, 2, 0, 0, ...string(""));
};
socket.ondata = ({ data }) => {
  const body = Buffer.from(data.subarray(data.findIndex((byte, at) => at > 0 && byte < 128) + 1));
  switch (data[0] >> 4) {
    case 2: // CONNACK
      if (body[1] !== 0) throw new Error(`refused: ${body[1]}`);
      return send(0x82, 0, 1, ...topic, 0);
    case 9: // SUBACK
      return send(0x30, ...topic, ...Buffer.from("grüß dich"));
    case 3: // PUBLISH
      console.log(`${body.subarray(2, topic.length)}: ${body.subarray(topic.length)}`);
      send(0xe0); // DISCONNECT
      socket.close();
  }
};
socket.onerror = ({ error }) => console.error(error.message);

/** The zero stands for the varint, which the framing fills in. */
function send(type, ...body) {
  socket.send(Uint8Array.of(type, 0, ...body));
}

function string(text) {
  const bytes = Buffer.from(text);
  return [bytes.length >> 8, bytes.length & 255, ...bytes];
}
