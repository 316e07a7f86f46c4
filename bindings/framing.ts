/**
 * Framings: how a stream is cut into messages, described by plain objects.
 *
 * `framing.lines()` and its like make them, checked and complete; the `framing` option and
 * setFraming() take any such object, however made. Names, defaults and bounds are in one table.
 * Decoding and encoding are the core's; framing-words.ts tells it which.
 */
import { MESSAGE_BYTES } from "../assembly/framing/abi.ts";
import { onDemand } from "../host/on-demand.ts";
import { checkDelimiters, type Delimiter } from "./delimiters.ts";
import { BYTES_MAX, bool, checkOptions, integer, oneOf, type Rule } from "./option-rules.ts";
import { shown } from "./shown.ts";

/** What the framings with a limit share. */
export interface MessageLimit {
  /** Most bytes of a message as it is delivered, both ways. Default 1 MiB. */
  maxMessageBytes?: number;
}

/** Options of `framing.lengthPrefixed`. */
export interface LengthPrefixedOptions extends MessageLimit {
  /** Bytes of the length field. Default 4. */
  bytes?: 1 | 2 | 3 | 4 | 8;
  /** Order of its bytes. Default `"big"`, the network's. */
  endian?: "big" | "little";
  /** Bytes in front of the length field. Default 0. */
  offset?: number;
  /** Added to the length to get the bytes behind the field; negative if it counts its header too. */
  adjust?: number;
  /** Bytes at the beginning that are not delivered. Default the header if offset is 0, else 0. */
  strip?: number;
}

/** Options of `framing.varint`. */
export interface VarintOptions extends MessageLimit {
  /** Bytes in front of the varint. Default 0. */
  offset?: number;
  /** Whether the header, offset and varint, is left out of the message. Default: if offset is 0. */
  strip?: boolean;
}

/** Options of `framing.delimited`. */
export interface DelimitedOptions extends MessageLimit {
  /** Whether messages are delivered, and sent, with their delimiter. Default false. */
  keep?: boolean;
}

/** Options of `framing.lines`. */
export interface LinesOptions extends DelimitedOptions {
  /** What ends a line, and nothing else does. Default `"\r\n"`. */
  eol?: "\r\n" | "\n";
  /** Whether the peer's FIN ends the last line too. Default false: it is an error. */
  lastLine?: boolean;
}

/** What every description says. */
export interface FramingType<Type extends string> {
  /** Which framing it is. */
  readonly type: Type;
}

/** Messages of one size. */
export interface FixedOptions {
  /** Bytes of each message, 1 or more. */
  readonly size: number;
}

/** The delimiters of `framing.delimited`. */
export interface Delimiters<List> {
  /** One char per byte; the first is what `send()` appends. */
  readonly delimiters: List;
}

type Bare = FramingType<"netstring" | "slip" | "cobs" | "contentLength">;
type Complete<Options> = Readonly<Required<Options>>;

/** A description of a framing, complete. */
export type Framing =
  | (FramingType<"fixed"> & FixedOptions)
  | (FramingType<"lengthPrefixed"> & Complete<LengthPrefixedOptions>)
  | (FramingType<"varint"> & Complete<VarintOptions>)
  | (FramingType<"delimited"> & Delimiters<readonly string[]> & Complete<DelimitedOptions>)
  | (FramingType<"lines"> & Complete<LinesOptions>)
  | (Bare & Complete<MessageLimit>);

/** What the `framing` option and setFraming() take: a description, or one with parts left out. */
export type FramingLike =
  | Framing
  | (FramingType<"lengthPrefixed"> & LengthPrefixedOptions)
  | (FramingType<"varint"> & VarintOptions)
  | (FramingType<"delimited"> & Delimiters<Delimiter | readonly Delimiter[]> & DelimitedOptions)
  | (FramingType<"lines"> & LinesOptions)
  | (Bare & MessageLimit);

interface Kind {
  readonly rules: Record<string, Rule>;
  readonly defaults: Record<string, unknown>;
}

const size = onDemand(() => integer(1, BYTES_MAX, " bytes"));

function kind(rules: Record<string, Rule>, defaults: Record<string, unknown>): Kind {
  return {
    rules: { ...rules, maxMessageBytes: size() },
    defaults: { ...defaults, maxMessageBytes: MESSAGE_BYTES },
  };
}

const kinds = onDemand((): ReadonlyMap<string, Kind> => {
  const prefix = integer(0, 1000, " bytes");
  const limited = kind({}, {});
  return new Map([
    ["fixed", { rules: { size: size() }, defaults: {} }],
    [
      "lengthPrefixed",
      kind(
        {
          bytes: oneOf(1, 2, 3, 4, 8),
          endian: oneOf("big", "little"),
          offset: prefix,
          adjust: integer(-0x80000000, 0x7fffffff, ""),
          strip: prefix,
        },
        { bytes: 4, endian: "big", offset: 0, adjust: 0 },
      ),
    ],
    ["varint", kind({ offset: prefix, strip: bool }, { offset: 0 })],
    [
      "delimited",
      kind({ delimiters: { allowed: "", check: () => true }, keep: bool }, { keep: false }),
    ],
    [
      "lines",
      kind(
        { eol: oneOf("\r\n", "\n"), keep: bool, lastLine: bool },
        { eol: "\r\n", keep: false, lastLine: false },
      ),
    ],
    ["netstring", limited],
    ["slip", limited],
    ["cobs", limited],
    ["contentLength", limited],
  ]);
});

/**
 * A complete, frozen description of what was given.
 * @throws TypeError for an unknown type, or an option that is missing, unknown or not allowed
 */
export function checkFraming(given: unknown): Framing {
  const type = (given as { type?: unknown } | null | undefined)?.type;
  const found = typeof type === "string" ? kinds().get(type) : undefined;
  if (found === undefined) {
    const known = [...kinds().keys()].join(", ");
    const what = type === undefined ? shown(given) : `the type ${shown(type)}`;
    throw new TypeError(`framing: ${what} came; a description of type ${known} is allowed`);
  }
  const { type: _, ...rest } = given as Record<string, unknown>;
  const options = checkOptions<Record<string, unknown>>(`framing.${type}`, rest, () => found.rules);
  const whole = complete(
    type as string,
    Object.assign(Object.create(null), found.defaults, options),
  );
  return Object.freeze({ type, ...whole }) as unknown as Framing;
}

function complete(type: string, options: Record<string, unknown>): Record<string, unknown> {
  if (type === "fixed" && options.size === undefined) {
    throw new TypeError(`framing.fixed size: undefined came; ${size().allowed} is allowed`);
  }
  if (type === "delimited") options.delimiters = checkDelimiters(options.delimiters);
  const bare = options.offset === 0;
  if (type === "lengthPrefixed") options.strip ??= bare ? options.bytes : 0;
  if (type === "varint") options.strip ??= bare;
  return options;
}

/** Descriptions of framings. Each function throws TypeError for what its options do not allow. */
export const framing = {
  /** Messages of `size` bytes each. */
  fixed: (size: number): Framing => checkFraming({ type: "fixed", size }),
  /** A length of 1, 2, 3, 4 or 8 bytes in front of each message. */
  lengthPrefixed: (options?: LengthPrefixedOptions): Framing => make("lengthPrefixed", options),
  /** A varint (unsigned LEB128) in front of each message; overlong ones are refused. */
  varint: (options?: VarintOptions): Framing => make("varint", options),
  /** One to eight delimiters of 1 to 16 bytes; the first that completes ends a message. */
  delimited: (delimiters: Delimiter | readonly Delimiter[], options?: DelimitedOptions): Framing =>
    make("delimited", options, { delimiters }),
  /** Lines ended by CRLF, or by LF. */
  lines: (options?: LinesOptions): Framing => make("lines", options),
  /** Decimal length, colon, bytes, comma. */
  netstring: (options?: MessageLimit): Framing => make("netstring", options),
  /** SLIP (RFC 1055). Cannot carry empty messages. */
  slip: (options?: MessageLimit): Framing => make("slip", options),
  /** Consistent overhead byte stuffing, zero terminated. */
  cobs: (options?: MessageLimit): Framing => make("cobs", options),
  /** `Content-Length: n`, an empty line, n bytes: LSP, DAP. */
  contentLength: (options?: MessageLimit): Framing => make("contentLength", options),
} as const;

/** `named` is what has an argument of its own, besides `options`. */
function make(type: string, options: unknown, named: object = {}): Framing {
  if (options !== undefined && (typeof options !== "object" || options === null)) {
    throw new TypeError(`framing.${type} options: ${shown(options)} came; an object is allowed`);
  }
  const own = { ...named, type };
  for (const name of Object.keys(options ?? {})) {
    if (!Object.hasOwn(own, name)) continue;
    throw new TypeError(`framing.${type} option "${name}" is unknown`);
  }
  return checkFraming({ ...options, ...own });
}
