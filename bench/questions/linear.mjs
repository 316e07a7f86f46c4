/**
 * Does a byte cost the same in a long message as in a short one? Every framing gets the same
 * number of bytes, one a read, as messages of 1 KiB and as one of 1 MiB: a framing that looks again
 * at what it has seen, or a queue that copies what waits, would show as a multiple. The core alone,
 * without sockets; each byte is one received() and the polls it takes.
 */
import { most } from "../floors.mjs";
import { framings } from "../messages/framings.mjs";
import { RawCore } from "../raw-core.mjs";

const KIB = 1024;
const SIZES = { "1 KiB": KIB, "1 MiB": KIB * KIB };
const [SHORT] = Object.keys(SIZES);
/** So many times the time, at most. */
const BOUND = 2;

export const linear = {
  name: "linear",
  unit: "byte",
  amount: KIB * KIB,
  quick: KIB * KIB,
  subject: "run",
  sides: Object.fromEntries(Object.entries(framings).flatMap(sidesOf)),
  floors: Object.keys(framings).map((name) => most(`${name} 1 MiB`, `${name} 1 KiB`, BOUND)),
  measures: { "ns/byte": { value: ({ units, seconds }) => (seconds * 1e9) / units, lower: true } },

  async run(side, _port, amount, thorough) {
    const { framing, size } = side;
    side.prepared ??= prepare(side);
    const { payload, message } = side.prepared;
    const count = Math.max(1, Math.floor(amount / size));
    const core = new RawCore();
    const socket = core.open(framing.words(size));
    let taken = 0;
    const take = (bytes, offset, length) => {
      taken++;
      if (length !== size) throw new Error(`a message of ${length} bytes came, not ${size}`);
      if (!thorough) return;
      if (payload.compare(bytes, offset, offset + length) !== 0) throw new Error("wrong bytes");
    };
    const start = performance.now();
    for (let sent = 0; sent < count; sent++) core.trickle(socket, message, take);
    const seconds = (performance.now() - start) / 1000;
    if (taken !== count) throw new Error(`${taken} messages came, not ${count}`);
    core.release(socket);
    return { units: count * message.length, seconds };
  },
};

/** One message, and what it is on the wire. */
function prepare({ framing, size }) {
  const payload = framing.payload(size);
  return { payload, message: framing.wire(payload) };
}

/** A framing's sides, the long one compared with the short one. */
function sidesOf([name, framing]) {
  const short = `${name} ${SHORT}`;
  return Object.entries(SIZES).map(([label, size]) => {
    return [`${name} ${label}`, { framing, size, versus: short }];
  });
}
