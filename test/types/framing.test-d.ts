/** The types of framings: descriptions, complete or not, and where they go. */
import {
  type Framing,
  type FramingLike,
  framing,
  type MessageBatch,
  TCPServerSocket,
  TCPSocket,
} from "sansock";
import type { All, Same } from "./same.ts";

declare const socket: TCPSocket;
declare const any: Framing;

type Of<T extends Framing["type"]> = Extract<Framing, { type: T }>;

export type Descriptions = All<
  [
    Same<
      Framing["type"],
      | "fixed"
      | "lengthPrefixed"
      | "varint"
      | "delimited"
      | "lines"
      | "netstring"
      | "slip"
      | "cobs"
      | "contentLength"
    >,
    Same<keyof typeof framing, Framing["type"]>,
    Same<ReturnType<(typeof framing)[Framing["type"]]>, Framing>,
    Same<keyof Of<"fixed">, "type" | "size">,
    Same<Of<"lengthPrefixed">["bytes"], 1 | 2 | 3 | 4 | 8>,
    Same<Of<"lengthPrefixed">["endian"], "big" | "little">,
    Same<Of<"lengthPrefixed">["offset" | "adjust" | "strip" | "maxMessageBytes"], number>,
    Same<Of<"varint">["strip"], boolean>,
    Same<Of<"delimited">["delimiters"], readonly string[]>,
    Same<Of<"lines">["eol"], "\r\n" | "\n">,
    Same<Of<"lines">["keep" | "lastLine"], boolean>,
    Same<Parameters<TCPSocket["setFraming"]>, [framing: FramingLike | null]>,
    Same<ReturnType<TCPSocket["setFraming"]>, void>,
    Same<Parameters<MessageBatch["stopAfter"]>, [i: number]>,
  ]
>;

export function made(): FramingLike[] {
  return [
    framing.fixed(4),
    framing.lengthPrefixed(),
    framing.lengthPrefixed({ bytes: 2, endian: "little", offset: 1, adjust: -3, strip: 3 }),
    framing.varint({ offset: 1, strip: true }),
    framing.delimited("\0"),
    framing.delimited(Uint8Array.of(0), { keep: true }),
    framing.delimited(["a", Uint8Array.of(0)] as const, { maxMessageBytes: 100 }),
    framing.lines({ eol: "\n", keep: true, lastLine: true, maxMessageBytes: 100 }),
    framing.netstring({ maxMessageBytes: 100 }),
    framing.slip(),
    framing.cobs(),
    framing.contentLength(),
  ];
}

export function handmade(): FramingLike[] {
  return [
    { type: "fixed", size: 4 },
    { type: "lengthPrefixed" },
    { type: "lengthPrefixed", bytes: 2 },
    { type: "delimited", delimiters: ";" },
    { type: "delimited", delimiters: [Uint8Array.of(0)], keep: true },
    { type: "lines", lastLine: true },
    { type: "slip", maxMessageBytes: 10 },
    { ...framing.lines(), keep: true } as FramingLike,
  ];
}

export function used(): void {
  new TCPSocket("localhost", 8105, { framing: any });
  new TCPSocket("localhost", 8105, { framing: { type: "lines" } });
  TCPSocket.open("localhost", 8105, { framing: framing.slip() });
  TCPSocket.listen(8105, { framing: { type: "netstring" } });
  new TCPServerSocket(8105, { framing: framing.varint() });
  socket.setFraming(any);
  socket.setFraming({ type: "fixed", size: 4 });
  socket.setFraming(null);
  if (any.type === "delimited") any.delimiters.map((delimiter) => delimiter.length);
  if (any.type !== "fixed") any.maxMessageBytes.toFixed();
  socket.onmessages = ({ data }) => data.stopAfter(data.length - 1);
}

export function mistakes(): void {
  // @ts-expect-error a size is needed
  framing.fixed();
  // @ts-expect-error it has no other limit than its size
  framing.fixed(4, { maxMessageBytes: 4 });
  // @ts-expect-error no such width
  framing.lengthPrefixed({ bytes: 5 });
  // @ts-expect-error no such order
  framing.lengthPrefixed({ endian: "network" });
  // @ts-expect-error for varints it is the header or nothing
  framing.varint({ strip: 2 });
  // @ts-expect-error a delimiter is needed
  framing.delimited();
  // @ts-expect-error numbers are no delimiters
  framing.delimited(10);
  // @ts-expect-error an ArrayBuffer is no delimiter
  framing.delimited(new ArrayBuffer(1));
  // @ts-expect-error options are an object
  framing.lines("\n");
  // @ts-expect-error no such end of line
  framing.lines({ eol: "\r" });
  // @ts-expect-error what lines have
  framing.netstring({ keep: true });
  // @ts-expect-error a type is needed
  socket.setFraming({ size: 4 });
  // @ts-expect-error no such type
  socket.setFraming({ type: "line" });
  // @ts-expect-error its size is needed
  socket.setFraming({ type: "fixed" });
  // @ts-expect-error its delimiters are needed
  socket.setFraming({ type: "delimited" });
  // @ts-expect-error null is for none
  socket.setFraming(undefined);
  // @ts-expect-error null is for none
  socket.setFraming();
  // @ts-expect-error a name is no description
  new TCPSocket("localhost", 8105, { framing: "lines" });
  // @ts-expect-error its size is a number
  new TCPServerSocket(8105, { framing: { type: "fixed", size: "4" } });
  // @ts-expect-error descriptions do not change
  if (any.type === "fixed") any.size = 5;
}
