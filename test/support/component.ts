/** The component as jco makes it JavaScript, for tests; and its events, read. */
import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";

/** An op or an event. */
export interface Case {
  tag: string;
  val?: unknown;
}

export interface Engine {
  abiVersion(): number;
  init(limits: { memoryBytes: number; sockets: number; windowBytes: number }): void;
  turn(ops: Case[]): Case[];
  status(socket: number): { readyState: string; bufferedAmount: bigint; bytesSent: bigint };
}

export interface Component {
  engine: Engine;
  memory: WebAssembly.Memory;
}

type Imports = Record<string, never>;
type Compile = (path: string) => WebAssembly.Module;
type Start = (module: WebAssembly.Module, imports: Imports) => WebAssembly.Instance;
type Instantiate = (compile: Compile, imports: Imports, start: Start) => { engine: Engine };

const FOLDER = new URL("../../build/component/", import.meta.url);

/** Once it is built; what it returns makes a new instance each time. */
export async function loadComponent(): Promise<() => Component> {
  const { instantiate } = (await import(fileURLToPath(new URL("sansock.js", FOLDER)))) as {
    instantiate: Instantiate;
  };
  const compile: Compile = (path) => new WebAssembly.Module(readFileSync(new URL(path, FOLDER)));
  return () => {
    let memory = new WebAssembly.Memory({ initial: 0 });
    const { engine } = instantiate(compile, {}, (module, imports) => {
      const instance = new WebAssembly.Instance(module, imports);
      memory = instance.exports.memory as WebAssembly.Memory;
      return instance;
    });
    return { engine, memory };
  };
}

/** What the first event of a kind carries. */
export function carried<Value>(events: readonly Case[], tag: string): Value {
  const event = events.find((one) => one.tag === tag);
  if (event === undefined) throw new Error(`no ${tag} in ${tags(events).join(", ")}`);
  return event.val as Value;
}

/** Which events there are, timers left out. */
export function tags(events: readonly Case[]): string[] {
  return events.map(({ tag }) => tag).filter((tag) => tag !== "timer");
}
