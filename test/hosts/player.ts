/** Plays conformance scripts on the core itself: the program's `vectors`, bundled for any JavaScript host. */
import { CoreShim } from "../support/vectors/core-shim.ts";
import { replay } from "../support/vectors/replay.ts";
import { parse } from "../support/vectors/script.ts";

/** A line for each script of the stream: its digest, or what is wrong. */
export function* play(stream: string, build = "core"): Generator<string> {
  for (const text of stream.split(/\n(?=\{"sansock":)/)) {
    const { id } = JSON.parse(text.slice(0, text.indexOf("\n"))) as { id: string };
    yield `${id} ${answer(text, id, build)}`;
  }
}

function answer(text: string, id: string, build: string): string {
  try {
    const script = parse(text, id);
    return replay({ ...script, name: "as it stands" }, new CoreShim(build, script.header.engine));
  } catch (error) {
    return `error ${(error as Error).message.split("\n").join(" ")}`;
  }
}
