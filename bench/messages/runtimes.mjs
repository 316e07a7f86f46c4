/**
 * How a side in Bun or Deno gets at its messages: as openers.mjs has it.
 */
import { HOST, WINDOW_BYTES } from "../sockets.mjs";

/**
 * Bun's own socket.
 * @param parserFor (tally) => has take(chunk)
 */
export function throughBun(parserFor) {
  return {
    async open(port, tally) {
      const parser = parserFor(tally);
      const socket = { data: (_socket, chunk) => parser.take(chunk), error: fail };
      const connection = await Bun.connect({ hostname: HOST, port, socket });
      return { send: (bytes) => connection.write(bytes), close: () => connection.end() };
    },
  };
}

/**
 * Deno's own connection, each read into a buffer of its own, as the other runtimes' are: a parser keeps
 * parts of them.
 * @param parserFor (tally) => has take(chunk)
 */
export function throughDeno(parserFor) {
  return {
    async open(port, tally) {
      const connection = await Deno.connect({ hostname: HOST, port });
      readAll(connection, parserFor(tally));
      return { send: (bytes) => connection.write(bytes), close: () => connection.close() };
    },
  };
}

async function readAll(connection, parser) {
  try {
    for (;;) {
      const buffer = Buffer.allocUnsafeSlow(WINDOW_BYTES);
      const count = await connection.read(buffer);
      if (count === null) return;
      parser.take(buffer.subarray(0, count));
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.BadResource || error instanceof Deno.errors.Interrupted)) {
      throw error; // but those two: it was closed while it read
    }
  }
}

function fail(_socket, error) {
  throw error;
}
