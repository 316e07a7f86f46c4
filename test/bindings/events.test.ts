/** The classes of events as a program makes them; what the engine fires is in test/semantics/. */
import { describe, expect, test } from "vitest";
import {
  Engine,
  TCPServerSocketEvent,
  TCPSocket,
  TCPSocketErrorEvent,
  TCPSocketEvent,
} from "../../bindings/index.ts";
import { Loopback } from "../../host/loopback/index.ts";

describe("M44: events made by hand", () => {
  test("TCPSocketEvent: data is null unless given", () => {
    const event = new TCPSocketEvent("data");
    expect([event.type, event.data, event.isTrusted]).toEqual(["data", null, false]);
    expect(new TCPSocketEvent("x", { data: 7 }).data).toBe(7);
    expect(event).toBeInstanceOf(Event);
  });

  test("TCPSocketErrorEvent: empty strings and 0 unless given", () => {
    const { name, message, errorCode } = new TCPSocketErrorEvent("error");
    expect([name, message, errorCode]).toEqual(["", "", 0]);
    const given = { name: "NetworkError", message: "Network", errorCode: 5 };
    const event = new TCPSocketErrorEvent("error", given);
    expect({ name: event.name, message: event.message, errorCode: event.errorCode }).toEqual(given);
    expect(event.data).toMatchObject({ name: "NetworkError", message: "Network" });
  });

  test("TCPServerSocketEvent: socket is null unless given", () => {
    expect(new TCPServerSocketEvent("connect").socket).toBeNull();
    const engine = new Engine({ host: new Loopback({ virtual: true }) });
    const socket = new TCPSocket("h", 1, { engine });
    expect(new TCPServerSocketEvent("connect", { socket }).socket).toBe(socket);
  });

  test.each([TCPSocketEvent, TCPSocketErrorEvent, TCPServerSocketEvent])(
    "$name: bubbles, cancelable and composed as with any event",
    (Kind) => {
      const flags = ({ bubbles, cancelable, composed }: Event) => [bubbles, cancelable, composed];
      expect(flags(new Kind("x"))).toEqual([false, false, false]);
      const event = new Kind("x", { bubbles: true, cancelable: true, composed: true });
      expect(flags(event)).toEqual([true, true, true]);
      const socket = new TCPSocket("h", 1, { engine: new Engine({ host: new Loopback() }) });
      socket.addEventListener("x", (heard) => heard.preventDefault());
      expect([socket.dispatchEvent(event), event.defaultPrevented]).toEqual([false, true]);
    },
  );
});
