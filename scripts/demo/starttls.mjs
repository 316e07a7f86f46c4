/**
 * The words in front of an upgrade, as SMTP and IMAP have them: the client asks by a line, the server
 * agrees by a line, and both go on inside TLS. What they exchange there is not known here.
 */
import { framing } from "../../dist/index.js";

export const LINES = framing.lines();

/** The client's side, on a socket that has yet to open; resolves when what is sent is encrypted. */
export function askForTls(socket) {
  socket.onopen = () => socket.send("STARTTLS");
  return onLine(socket, "GO", () => {});
}

/** The server's side, on an accepted socket. */
export function grantTls(socket) {
  return onLine(socket, "STARTTLS", () => socket.send("GO"));
}

/** One line, and from its end on TLS without framing. */
function onLine(socket, expected, answer) {
  return new Promise((resolve, reject) => {
    socket.onerror = ({ error }) => reject(error);
    socket.ondata = ({ data: line }) => {
      if (line !== expected) reject(new Error(`${line} came, not ${expected}`));
      socket.ondata = null;
      answer();
      socket.upgradeToSecure();
      socket.setFraming(null);
      resolve(socket);
    };
  });
}
