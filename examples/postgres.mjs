// PostgreSQL: a byte for the type, then a length that counts itself; the first message has no type.
//   node examples/postgres.mjs [host port user]
import { framing, TCPSocket } from "sansock";

const [host = "localhost", port = 5432, user = "postgres"] = process.argv.slice(2);
const socket = new TCPSocket(host, port, {
  binaryType: "uint8array",
  framing: framing.lengthPrefixed({ adjust: -4 }),
});
await socket.opened;
socket.send(`\0\x03\0\0user\0${user}\0database\0postgres\0\0`); // protocol 3.0
// From here on the header is part of the message, both ways. The length in it is filled in.
socket.setFraming(framing.lengthPrefixed({ offset: 1, adjust: -4 }));

for await (const message of socket) {
  const type = String.fromCharCode(message[0]);
  const body = Buffer.from(message.subarray(5));
  const texts = String(body).split("\0");
  if (type === "S") console.log(`${texts[0]} is ${texts[1]}`);
  if (type === "E") console.log("error:", texts.find((field) => field[0] === "M").slice(1));
  if (type === "R" && body.readInt32BE() !== 0) {
    console.log("it wants authentication of type", body.readInt32BE());
    break;
  }
  if (type === "Z") {
    console.log("ready");
    socket.send("X\0\0\0\0"); // Terminate
    break;
  }
}
