/** What a host keeps for a socket: its name in the script, its handle, what the core has no room for. */
import { CONTROL_IOV, CONTROL_LENGTH } from "../abi.ts";
import { getControl } from "../control.ts";
import * as core from "../index.ts";
import { copied, joined } from "./bytes.ts";

export class Seat {
  inFlight: i32 = 0;
  /** From the first byte not gathered. */
  external: Uint8Array = new Uint8Array(0);

  constructor(
    public name: string,
    public handle: i32,
  ) {}

  /** What is to be written; it is in flight from now on. */
  gather(): Uint8Array {
    const chunks: Uint8Array[] = [];
    const count = core.gather(this.handle);
    for (let i = 0; i < count; i++) {
      const entry = <usize>getControl(CONTROL_IOV) + i * 8;
      const length = load<i32>(entry, 4);
      if (load<usize>(entry) !== 0) chunks.push(copied(load<usize>(entry), length));
      else {
        chunks.push(this.external.subarray(0, length));
        this.external = this.external.subarray(length);
      }
    }
    this.inFlight = getControl(CONTROL_LENGTH);
    return joined(chunks);
  }
}
