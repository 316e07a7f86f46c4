/** A conversation in a page: the package on its loopback host, length-prefixed messages out and back. */
/** @throws if not all come back, in their order */
export async function echo(count, { Engine, framing, TCPServerSocket, TCPSocket }, { Loopback }) {
  const engine = new Engine({ host: new Loopback({ seed: 7, faults: { split: true } }) });
  const options = {
    engine,
    framing: framing.lengthPrefixed({ bytes: 4 }),
    binaryType: "uint8array",
  };
  const server = new TCPServerSocket(8025, options);
  server.onconnect = ({ socket }) => {
    socket.ondata = ({ data }) => socket.send(data);
  };
  const socket = new TCPSocket("localhost", 8025, options);
  let [sent, heard] = [0, 0];
  const pump = () => {
    while (sent < count) if (!socket.send(new Uint8Array(1 + (sent % 100)).fill(sent++))) return;
  };
  socket.onopen = pump;
  socket.ondrain = pump;
  socket.ondata = ({ data }) => {
    const right = data.length === 1 + (heard % 100) && data.every((byte) => byte === (heard & 255));
    if (!right) throw new Error(`message ${heard} came back otherwise`);
    if (++heard === count) socket.close();
  };
  await socket.closed;
  server.close();
  if (heard !== count) throw new Error(`${heard} of ${count} came back`);
}
