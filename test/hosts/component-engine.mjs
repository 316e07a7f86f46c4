/**
 * The component behind the player: ops are gathered and handed over by `turn`, every socket is
 * stepwise, and what a handler does becomes the first ops of the next turn.
 */
const SETTINGS = {
  highWaterMark: "high-water-mark",
  lowWaterMark: "low-water-mark",
  maxBufferedAmount: "max-buffered",
  connectTimeout: "connect-timeout",
  idleTimeout: "idle-timeout",
  maxConnections: "max-connections",
  maxReceiveBytes: "max-receive-bytes",
  handshakeTimeout: "handshake-timeout",
};
const FLAGS = { allowHalfOpen: "allow-half-open", secure: "secure" };
const FAULTS = { messageTooLong: "tooLong", messageUnterminated: "tooLong" };
/** "range" in a script: the payload is no message of the framing. */
const MISFITS = ["size", "width", "delimiter", "header", "empty"];
/** What the rest of a batch waits for. */
const INTERRUPTS = ["suspend", "claim", "close", "abort", "upgrade", "set-framing", "stop"];

export class ComponentEngine {
  #turn;
  #queue = [];
  /** Of turns that were taken before it was time to listen. */
  #early = [];
  /** Who has no handle yet, and is 0 for ops. */
  #opening = "";
  #seats = new Map();
  #names = new Map();

  constructor(engine, sizes) {
    const { memoryBytes = 16 << 20, maxSockets = 32, windowBytes = READ_MAX } = sizes;
    engine.init({ memoryBytes, sockets: maxSockets, windowBytes });
    this.#turn = engine.turn;
  }

  inFlight(name) {
    return this.#seats.get(name)?.inFlight ?? 0;
  }

  act(operation, framing) {
    const { op, s: name, refused, returns } = operation;
    if (op === "open") return this.#open(operation, framing);
    if (!this.#seats.has(name) && name !== this.#opening) this.#flush();
    const seat = this.#seats.get(name) ?? { handle: 0 };
    if (op === "sent" && refused === undefined) seat.inFlight -= operation.n;
    if (op === "closed") seat.inFlight = 0;
    this.#queue.push({ op: opOf(operation, seat.handle), name, refused, returns });
  }

  run(said) {
    const early = this.#early;
    this.#early = [];
    let again = this.#hear(early, said);
    while (again || this.#queue.length > 0) {
      const ops = this.#queue.filter(({ op }) => op.tag !== "stop");
      this.#queue = [];
      again = this.#hear([...this.#take(ops)], said);
    }
  }

  /** What is to be done is done; what it leads to is heard when it is time. */
  #flush() {
    const ops = this.#queue;
    this.#queue = [];
    this.#early.push(...this.#take(ops));
  }

  #open({ s: name, role, parent, options = {}, framing, refused }, headers) {
    const settings = Object.entries(options).flatMap(([option, val]) => {
      if (option in FLAGS) return val ? [{ tag: FLAGS[option] }] : [];
      return [{ tag: SETTINGS[option], val }];
    });
    const tag = role === "accepted" ? { val: this.#seats.get(parent).handle } : {};
    const val = {
      role: { tag: role, ...tag },
      settings: [...settings, { tag: "stepwise" }],
    };
    this.#opening = name;
    this.#queue.push({ op: { tag: "open", val }, name, refused });
    const wanted = role === "listener" ? framing : (framing ?? headers);
    if (wanted === undefined || refused !== undefined) return;
    this.act({ op: "setFraming", s: name, framing: wanted });
  }

  /** One turn; its events but for the answers, which are compared with what the script wants. */
  *#take(ops) {
    const events = this.#turn(ops.map(({ op }) => op));
    const last = events.at(-1);
    const left = last?.tag === "again" ? last.val : 0;
    const answers = new Map();
    for (const { tag, val } of events) {
      if (tag === "opened") this.#seat(ops[val.op].name, val.socket);
      if (tag === "refused") answers.set(val.op, MISFITS.includes(val.why) ? "range" : val.why);
      if (tag === "above-mark") answers.set(val, "above");
    }
    for (const [index, { op, refused, returns }] of ops.entries()) {
      if (index >= ops.length - left) this.#queue.push(ops[index]);
      else check(op.tag, answers.get(index), refused, returns);
    }
    yield* events;
  }

  #seat(name, handle) {
    this.#seats.set(name, { handle, inFlight: 0 });
    this.#names.set(handle, name);
  }

  /** True if the engine waits to be asked again. */
  #hear(events, said) {
    const rest = this.#queue;
    this.#queue = [];
    let again = false;
    for (const { tag, val } of events) {
      if (tag === "again") again = true;
      const name = this.#names.get(val?.socket ?? val);
      if (tag === "messages") this.#deliver(name, val, said);
      else if (tag === "transmit") {
        this.#seats.get(name).inFlight = val.bytes.length;
        said(name, { word: "tx", bytes: val.bytes });
      } else if (tag === "data") said(name, { word: "data", bytes: val.bytes });
      else if (tag === "error") said(name, { word: tag, more: faultOf(val.reason) });
      else if (tag === "close") said(name, { word: tag, more: val.clean ? "clean" : undefined });
      else if (["open", "connect", "secure", "drain", "end"].includes(tag))
        said(name, { word: tag });
    }
    this.#queue.push(...rest);
    return again;
  }

  #deliver(name, { socket, messages }, said) {
    for (const [index, bytes] of messages.entries()) {
      said(name, { word: "message", bytes });
      const stops = ({ name: other, op }) => other === name && INTERRUPTS.includes(op.tag);
      if (!this.#queue.some(stops)) continue;
      const op = { tag: "delivered", val: { socket, count: index + 1 } };
      this.#queue.push({ op, name });
      return;
    }
    said(name, { word: "messages" });
  }
}

const READ_MAX = 16384;

function check(tag, answer, refused, returns) {
  const refusal = answer === "above" ? undefined : answer;
  if (refusal !== refused) throw new Error(`${tag}: refused ${refusal}, expected ${refused}`);
  const full = answer === "above";
  if (returns === full) throw new Error(`${tag}: returned ${!full}`);
}

/** The component's names for reasons are kebab-case, and longer. */
function faultOf(reason) {
  const name = reason.replace(/-(.)/g, (_, char) => char.toUpperCase());
  return FAULTS[name] ?? name.replace(/^message(.)/, (_, char) => char.toLowerCase());
}

function kebab(name) {
  return name.replace(/[A-Z]/g, (char) => `-${char.toLowerCase()}`);
}

function opOf({ op, n, bytes, reason, timer, framing }, socket) {
  if (op === "received" || op === "send") return { tag: op, val: { socket, bytes } };
  if (op === "sent") return { tag: op, val: { socket, count: n } };
  if (op === "failed") return { tag: op, val: { socket, reason: kebab(reason) } };
  if (op === "expired") return { tag: op, val: { socket, kind: timer } };
  if (op === "claim") return { tag: op, val: { socket, wanted: true } };
  if (op === "unclaim") return { tag: "claim", val: { socket, wanted: false } };
  if (op === "ignore") return { tag: "delivered", val: { socket, count: 0 } };
  if (op === "stopAfter") return { tag: "stop", val: socket };
  if (op === "halfClose") return { tag: "half-close", val: socket };
  if (op !== "setFraming") return { tag: op, val: socket };
  return { tag: "set-framing", val: { socket, framing: framingOf(framing) } };
}

function framingOf(framing) {
  if (framing === null) return undefined;
  const { type, maxMessageBytes = 0, offset = 0, keep = false, lastLine = false } = framing;
  if (type === "fixed") return { tag: type, val: framing.size };
  if (type === "lengthPrefixed") {
    const { bytes: width, endian = "big", adjust = 0 } = framing;
    const { strip = offset === 0 ? width : 0 } = framing;
    const littleEndian = endian === "little";
    const val = { width, littleEndian, offset, adjust, strip, maxMessageBytes };
    return { tag: "length-prefixed", val };
  }
  if (type === "varint") {
    return { tag: type, val: { offset, strip: framing.strip ?? offset === 0, maxMessageBytes } };
  }
  if (type === "contentLength") return { tag: "content-length", val: maxMessageBytes };
  if (type !== "delimited" && type !== "lines") return { tag: type, val: maxMessageBytes };
  const { delimiters = [framing.eol ?? "\r\n"] } = framing;
  const encoded = delimiters.map((one) => Uint8Array.from(one, (char) => char.charCodeAt(0)));
  return { tag: "delimited", val: { delimiters: encoded, keep, lastLine, maxMessageBytes } };
}
