/** AbortSignals that lie, and what only looks like one: what they are counts, not what they say. */
import { describe, expect } from "vitest";
import { TCPServerSocket } from "../../bindings/index.ts";
import { onSite } from "./support/site.ts";
import { type Any, lying, springing, Trap, trap } from "./support/values.ts";

describe("a signal that lies", () => {
  const lies: [string, object, Any][] = [
    ["about being aborted", { aborted: true }, "open"],
    ["about its reason", { reason: "another" }, "open"],
    [
      "about its members",
      { addEventListener: 1, removeEventListener: 1, throwIfAborted: 1 },
      "open",
    ],
  ];
  for (const [what, lie, readyState] of lies) {
    onSite(`${what} is obeyed as it is`, async (site) => {
      const controller = new AbortController();
      const signal = lying(controller.signal, lie);
      const socket = site.connect({ signal });
      const server = new TCPServerSocket(0, { engine: site.engine, signal });
      let closed = 0;
      socket.onclose = () => closed++;
      await site.run();
      expect(socket.readyState).toBe(readyState);
      controller.abort(new Trap("the reason"));
      await site.run();
      await expect(socket.closed).rejects.toThrow("the reason");
      expect(closed).toBe(1);
      await server.listening;
      await site.works();
      const again = site.attempt("aborted", () => site.connect({ signal }));
      expect(again?.message).toBe("the reason");
    });
  }

  onSite("is not missed when the socket ends before it", async (site) => {
    const signal = lying(new AbortController().signal, { removeEventListener: trap });
    const socket = site.connect({ signal });
    await site.run();
    let closed = 0;
    socket.onclose = () => closed++;
    socket.close();
    await site.run();
    await socket.closed;
    expect(closed).toBe(1);
    await site.works();
  });

  onSite("and is none is a TypeError", async (site) => {
    const { engine } = site;
    const fake: Any = Object.create(AbortSignal.prototype, {
      aborted: { value: false },
      addEventListener: { value: () => {} },
      throwIfAborted: { value: () => {} },
    });
    for (const signal of [fake, springing(new AbortController().signal)]) {
      expect(site.attempt("client", () => site.connect({ signal }))?.name).toBe("TypeError");
      const server = site.attempt("server", () => new TCPServerSocket(0, { engine, signal }));
      expect(server?.name).toBe("TypeError");
    }
    await site.works();
  });

  onSite("null is a reason like any other", async (site) => {
    const controller = new AbortController();
    const socket = site.connect({ signal: controller.signal });
    const { opened, closed } = socket;
    controller.abort(null);
    await site.run();
    await expect(opened.catch((reason) => [reason])).resolves.toEqual([null]);
    await expect(closed.catch((reason) => [reason])).resolves.toEqual([null]);
  });
});
