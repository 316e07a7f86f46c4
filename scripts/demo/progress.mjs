/**
 * How far the legs have come: bars in a terminal, elsewhere (a pipe, a log) a plain line a second.
 * Both are told the same: `update(index, bytes, rate)` as often as anything moves, `finish(…)` when
 * a leg is over (also if it was cut short), `stop()` once.
 */
import cliProgress from "cli-progress";
import { MIB } from "./payload.mjs";

const NAME_COLUMNS = 23;
const LINE_MS = 1000;

/** `legs` are `{ name, total }`, total in bytes. */
export function showProgress(legs, stream = process.stdout) {
  return stream.isTTY ? new Bars(legs, stream) : new Lines(legs, stream);
}

class Bars {
  #bars;
  #multi;

  constructor(legs, stream) {
    const options = {
      stream,
      format,
      barsize: Math.max(8, Math.min(40, (stream.columns ?? 80) - NAME_COLUMNS - 36)),
      hideCursor: true,
      fps: 12,
    };
    this.#multi = new cliProgress.MultiBar(options, cliProgress.Presets.shades_classic);
    this.#bars = legs.map(({ name, total }) => this.#multi.create(total, 0, { name, rate: 0 }));
  }

  update(index, bytes, rate) {
    this.#bars[index].update(bytes, { rate });
  }

  finish(index, bytes, rate) {
    this.#bars[index].setTotal(bytes);
    this.update(index, bytes, rate);
  }

  /** Leaves the bars as they are and gives the cursor back. */
  stop() {
    this.#multi.stop();
  }
}

class Lines {
  #legs;
  #stream;
  #last = 0;

  constructor(legs, stream) {
    this.#legs = legs;
    this.#stream = stream;
  }

  update(index, bytes, rate) {
    const { name, total } = this.#legs[index];
    this.#last ||= performance.now();
    if (performance.now() - this.#last < LINE_MS) return;
    this.#last = performance.now();
    this.#stream.write(`${line(name, bytes, total, rate)}\n`);
  }

  finish(index, bytes, rate) {
    this.#last = performance.now();
    this.#stream.write(`${line(this.#legs[index].name, bytes, bytes, rate)}\n`);
  }

  stop() {}
}

function format(options, { value, total, progress }, { name, rate }) {
  return line(name, value, total, rate, cliProgress.Format.BarFormat(progress, options));
}

function line(name, bytes, total, rate, bar = "") {
  const percent = `${Math.floor((bytes / total) * 100)}`.padStart(3);
  const amount = `${mib(bytes)}/${mib(total)} MiB`;
  const speed = rate > 0 ? `${mib(rate)} MiB/s` : "waiting";
  return `${name.padEnd(NAME_COLUMNS)}${bar} ${percent} %  ${amount}  ${speed.padStart(10)}`;
}

function mib(bytes) {
  return Math.round(bytes / MIB)
    .toString()
    .padStart(3);
}
