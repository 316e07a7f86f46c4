/** What the two sides of a handshake agree on in a loopback network, and what the app has to say. */
import { describe, expect, test } from "vitest";
import * as reasons from "../../../assembly/reasons.ts";
import { Loopback } from "../../../host/loopback/index.ts";
import { loopbackKeys } from "../contract/keys.ts";
import { HOWS, shaking, told } from "../contract/secure-pair.ts";
import { Stage } from "../contract/stage.ts";
import { shake } from "./shake.ts";

describe("what is agreed on", () => {
  test.each([
    [{}, {}, "TLSv1.3", 20],
    [{ maxVersion: "TLSv1.2" }, {}, "TLSv1.2", 40],
    [{ minVersion: "TLSv1" }, { minVersion: "TLSv1", maxVersion: "TLSv1.1" }, "TLSv1.1", 40],
  ])(
    "server %j, client %j: %s, after %i ms of handshake",
    async (server, client, version, time) => {
      const outcome = await shake(server, client);
      expect(outcome.client.info?.protocol).toBe(version);
      expect(outcome.server.info?.protocol).toBe(version);
      expect(outcome.time - 10).toBe(time); // TCP took 10
    },
  );

  test("no version in common: both fail", async () => {
    const { client, server } = await shake({ minVersion: "TLSv1.3" }, { maxVersion: "TLSv1.2" });
    expect([client.reason, server.reason]).toEqual(Array(2).fill(reasons.REASON_TLS_VERSION));
  });

  test.each([
    [["a", "b"], ["b", "a"], "a"],
    [["a"], undefined, null],
    [undefined, ["a"], null],
  ])("protocols: server %j, client %j: %j", async (theirs, ours, agreed) => {
    const { client, server } = await shake(
      theirs ? { ALPNProtocols: theirs } : {},
      ours ? { ALPNProtocols: ours } : {},
    );
    const both = [client.info?.alpnProtocol, server.info?.alpnProtocol];
    expect(both).toEqual([agreed, agreed]);
  });

  test("no protocol in common: both fail", async () => {
    const { client, server } = await shake({ ALPNProtocols: ["a"] }, { ALPNProtocols: ["b"] });
    expect([client.reason, server.reason]).toEqual([reasons.REASON_TLS, reasons.REASON_TLS]);
  });

  test("an ALPNCallback chooses of what is offered, or ends the handshake", async () => {
    const offered = { ALPNProtocols: ["a", "b"] };
    const asked: object[] = [];
    const choose = (name: string | undefined) => (given: object) => {
      asked.push(given);
      return name;
    };
    const chosen = await shake({ ALPNCallback: choose("b") }, offered);
    expect(chosen.client.info?.alpnProtocol).toBe("b");
    expect(asked).toEqual([{ servername: "localhost", protocols: ["a", "b"] }]);
    for (const wrong of ["c", undefined]) {
      const { client } = await shake({ ALPNCallback: choose(wrong) }, offered);
      expect(client.reason).toBe(reasons.REASON_TLS);
    }
  });
});

describe.each(HOWS)("%s", (how) => {
  test("what is written in the handshake waits for its end", async () => {
    const sizes = { bulk: 0, stall: 0, surplus: 0 };
    const stage = new Stage(new Loopback(), sizes, await loopbackKeys());
    const { client, server } = await shaking(stage, how);
    const ends = [client, server];
    const writing = ends.map((end) => end.write(Uint8Array.of(1, 2, 3)));
    for (const end of ends) end.finish();
    expect(() => client.transport.write([Uint8Array.of(4)], 1)).toThrow("after finish");
    await Promise.all(ends.map((end) => end.seen(told(how))));
    for (const end of ends) end.resume();
    await Promise.all(writing);
    for (const end of ends) await end.seen("ended");
    expect(ends.map(({ input }) => [...input])).toEqual(Array(2).fill([1, 2, 3]));
    await stage.strike();
  });
});

describe("SNICallback", () => {
  const other = { cert: "name=mail.test,issuer=test", key: "any" };
  type Done = (error: Error | null, options?: object) => void;

  test("answers with other options, at once or later, or with none", async () => {
    const names: string[] = [];
    const now = (name: string, done: Done): void => {
      names.push(name);
      done(null, other);
    };
    const later = (_: string, done: Done): void =>
      void Promise.resolve().then(() => done(null, other));
    for (const SNICallback of [now, later]) {
      const { client } = await shake({ SNICallback }, {}, "mail.test");
      expect(client.info?.peerCertificate?.subject).toBe("CN=mail.test");
    }
    expect(names).toEqual(["mail.test"]);
    const own = await shake({ SNICallback: (_: string, done: Done) => done(null) });
    expect(own.client.info?.peerCertificate?.subject).toBe("CN=localhost");
    const address = await shake({ SNICallback: now }, {}, "127.0.0.1");
    expect([address.client.reason, names.length]).toEqual([0, 1]);
  });

  test("fails the handshake with its error, or what it throws; a second answer is not heard", async () => {
    const error = new Error("no such name");
    const refuses = (_: string, done: Done): void => {
      done(error);
      done(null, other);
    };
    const throws = (): never => {
      throw error;
    };
    for (const SNICallback of [refuses, throws]) {
      const { client, server } = await shake({ SNICallback });
      expect(server).toMatchObject({ reason: reasons.REASON_TLS, cause: error });
      expect(client.reason).toBe(reasons.REASON_TLS);
    }
  });
});

describe("options that cannot be used are thrown", () => {
  test.each([
    [{ cert: "rubbish", key: "any" }, /no field "rubbish"/],
    [{ cert: "issuer=test", key: "any" }, /needs a name/],
    [{ cert: "name=a,usage=cat", key: "any" }, /usage=cat/],
    [{ cert: ["name=a", "name=b"], key: "any" }, /no chain/],
    [{ cert: "name=a" }, /no key/],
    [{ pfx: new Uint8Array(1) }, /pfx/],
    [{ minVersion: "TLSv1.3", maxVersion: "TLSv1.2" }, /above/],
  ])("%j", (options, words) => {
    expect(() => new Loopback().tlsContext(options)).toThrow(words);
  });
});
