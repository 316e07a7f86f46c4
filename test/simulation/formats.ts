/**
 * Framings, as the engine takes them and as the model does: the second decoded and encoded by the slow
 * reference that the conformance scripts are played on, which shares nothing with the core.
 */
import type { FramingLike } from "../../bindings/index.ts";
import { Decoder, encoded } from "../support/reference/decoder.ts";
import type { Framing } from "../support/reference/framing.ts";
import type { Choices } from "./choices.ts";
import type { Format, Found } from "./model.ts";

/** One framing, for both. */
export interface Framed extends Format {
  readonly description: Framing & FramingLike;
}

const MORE: Found = { kind: "more", fine: false };
const NOTHING: Found = { kind: "more", fine: true };

class ReferenceFormat implements Framed {
  readonly description: Framing & FramingLike;

  constructor(description: Framing & FramingLike) {
    this.description = description;
  }

  first(bytes: Uint8Array, ended: boolean): Found {
    if (bytes.length === 0) return NOTHING;
    const decoder = new Decoder(this.description, bytes);
    if (ended) decoder.end();
    const message = decoder.next();
    const size = bytes.length - decoder.rest.length;
    if (size > 0) return { kind: "message", message, size };
    const { failure } = decoder;
    if (failure === null || failure === "incomplete") return MORE;
    return { kind: "fault", sure: this.#complete(bytes) };
  }

  /** Whether the message that is wrong has its end, or needs none to be recognised. */
  #complete(bytes: Uint8Array): boolean {
    const { description } = this;
    if (description.type === "contentLength") return Buffer.from(bytes).includes("\r\n\r\n");
    if (!["delimited", "lines", "slip", "cobs"].includes(description.type)) return true;
    const decoder = new Decoder({ ...description, maxMessageBytes: 1 << 20 } as Framing, bytes);
    decoder.next();
    return decoder.failure !== null || decoder.rest.length < bytes.length;
  }

  encode(payload: Uint8Array): Uint8Array | null {
    return encoded(payload, this.description);
  }
}

const maxMessageBytes = 3000;

const LARGEST = { type: "lengthPrefixed", bytes: 3, maxMessageBytes: 20_000 } as const;

const DESCRIPTIONS: readonly (Framing & FramingLike)[] = [
  { type: "lengthPrefixed", bytes: 2, maxMessageBytes },
  { type: "lines", maxMessageBytes },
  { type: "fixed", size: 1 },
  { type: "fixed", size: 5 },
  { type: "fixed", size: 700 },
  { type: "lengthPrefixed", bytes: 1, adjust: -1, maxMessageBytes: 40 },
  { type: "lengthPrefixed", bytes: 4, endian: "little", offset: 2, strip: 6, maxMessageBytes },
  LARGEST,
  { type: "varint", maxMessageBytes },
  { type: "varint", offset: 1, maxMessageBytes: 300 },
  { type: "delimited", delimiters: ["\n", "\r\n", "ab"], keep: true, maxMessageBytes: 100 },
  { type: "delimited", delimiters: ["--x--"], maxMessageBytes },
  { type: "lines", eol: "\n", lastLine: true, maxMessageBytes: 50 },
  { type: "netstring", maxMessageBytes },
  { type: "slip", maxMessageBytes },
  { type: "cobs", maxMessageBytes },
  { type: "contentLength", maxMessageBytes },
];

const FORMATS: readonly Framed[] = DESCRIPTIONS.map((one) => new ReferenceFormat(one));

/** Its messages can be large: some of them use up a small engine's memory. */
const LARGE = FORMATS.find(({ description }) => description === LARGEST) as Framed;

/** Any framing. */
export function anyFormat(choices: Choices, scarce = false): Framed {
  if (scarce && choices.chance(40)) return LARGE;
  return choices.of(FORMATS);
}

/** What goes over the wire for some payload: mostly something the framing takes. */
export function payloadSize(choices: Choices, format: Framed | null, scarce: boolean): number {
  if (scarce && (format === null || format === LARGE) && choices.chance(50)) {
    return choices.below(20_000);
  }
  const what = choices.below(100);
  if (format?.description.type === "fixed" && what < 95) return format.description.size;
  if (what < 75) return choices.below(30);
  if (what < 93) return choices.below(400);
  if (what < 99 || format !== null) return choices.below(5000);
  return choices.of([20_000, 65_536, 65_537, 70_000, 140_000]);
}
