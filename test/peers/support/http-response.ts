/** One HTTP/1.1 response with a content-length, taken apart as its bytes come. */
import { Digest } from "./digest.ts";

const HEAD_BYTES_MAX = 16_384;

export class HttpResponse {
  status = 0;
  readonly headers = new Map<string, string>();
  readonly body = new Digest();
  #head = "";

  feed(bytes: Uint8Array): void {
    if (this.status !== 0) {
      this.body.add(bytes);
      return;
    }
    const before = this.#head.length;
    this.#head += Buffer.from(bytes.subarray(0, HEAD_BYTES_MAX)).toString("latin1");
    const end = this.#head.indexOf("\r\n\r\n");
    if (end >= 0) {
      this.#parse(this.#head.slice(0, end));
      this.body.add(bytes.subarray(end + 4 - before));
    } else if (this.#head.length >= HEAD_BYTES_MAX) {
      throw new Error(`no end of headers in ${this.#head.length} bytes`);
    }
  }

  get complete(): boolean {
    const length = this.headers.get("content-length");
    return this.status !== 0 && this.body.bytes >= Number(length ?? Number.NaN);
  }

  #parse(head: string): void {
    const [statusLine = "", ...lines] = head.split("\r\n");
    const status = statusLine.match(/^HTTP\/1\.[01] (\d{3})/)?.[1];
    if (status === undefined) throw new Error(`not a status line: ${statusLine}`);
    for (const line of lines) {
      const colon = line.indexOf(":");
      this.headers.set(line.slice(0, colon).toLowerCase(), line.slice(colon + 1).trim());
    }
    this.status = Number(status);
  }
}
