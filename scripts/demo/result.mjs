/**
 * The result of one leg: whether both ends saw the same bytes, how fast it was, and the extremes
 * of our own ends.
 */
export function legResult(leg, { clients, servers }, seconds) {
  const ours = [...clients, ...servers].filter((end) => "drains" in end);
  const bytes = sum(clients.map(({ sent, received }) => sent.bytes + received.bytes));
  return {
    name: leg.name,
    bytes,
    rate: bytes / seconds,
    bufferedPeak: Math.max(...ours.map((end) => end.buffered)),
    drains: sum(ours.map((end) => end.drains)),
    suspends: sum(ours.map((end) => end.suspends)),
    connections: clients.length,
    equal: agree(clients, servers),
  };
}

/** Every client's end has one server's end, and in each direction what was sent was received. */
function agree(clients, servers) {
  if (clients.length === 0 || clients.length !== servers.length) return false;
  const serverAt = new Map(servers.map((end) => [end.key, end]));
  return clients.every((client) => {
    const server = serverAt.get(client.key);
    return (
      client.sent.bytes > 0 &&
      same(client.sent, server?.received) &&
      same(server?.sent, client.received)
    );
  });
}

function same(sent, received) {
  return sent?.bytes === received?.bytes && sent?.sha256 === received?.sha256;
}

function sum(numbers) {
  return numbers.reduce((total, number) => total + number, 0);
}
