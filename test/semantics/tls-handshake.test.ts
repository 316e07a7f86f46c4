/**
 * Handshakes that a client's peer breaks off or cannot do: alerts, versions, what is no TLS at all,
 * silence, an end or a reset in the middle of it.
 */
import { describe, expect } from "vitest";
import { HOST } from "../support/certificates.ts";
import { latin1 } from "./support/bytes.ts";
import {
  BAD_CERTIFICATE,
  causeOf,
  expectGuarded,
  type Failure,
  failureOf,
  INTERRUPTED,
  NO_CERTIFICATE,
  OLD_VERSION,
  TIMED_OUT,
  UNSUPPORTED,
} from "./support/tls-failure.ts";
import type { PlainPeer } from "./support/tls-peer.ts";
import { type TlsWorld, tlsTest } from "./support/tls-world.ts";
import type { Watch } from "./support/watch.ts";

const CLIENT_HELLO = 22;

/** A fatal alert as a server may answer a ClientHello with. */
function alert(description: number): Uint8Array {
  return new Uint8Array([21, 3, 3, 0, 2, 2, description]);
}

/** A client whose ClientHello has come, from its first byte, or after an upgrade. */
async function greeted(world: TlsWorld, upgrade: boolean): Promise<[Watch, PlainPeer]> {
  if (upgrade) {
    const [client, peer] = await world.plain();
    const upgraded = client.socket.upgradeToSecure();
    upgraded.catch(() => {});
    await peer.got(1);
    return [client, peer];
  }
  const { port, accept } = await world.plainPeers();
  const client = await world.openSecure(port, {}, HOST);
  const peer = await accept();
  await peer.got(1);
  expect(client.socket.readyState).toBe("connecting");
  return [client, peer];
}

describe.each([
  ["from the first byte", false],
  ["after an upgrade", true],
] as const)("%s", (_, upgrade) => {
  const types = upgrade ? "open error close" : "error close";

  /** The failure of a handshake that `answer` breaks. */
  async function broken(world: TlsWorld, answer: (peer: PlainPeer) => void): Promise<Watch> {
    const [client, peer] = await greeted(world, upgrade);
    expect(peer.bytes[0]).toBe(CLIENT_HELLO);
    answer(peer);
    await client.fired("close");
    expect(client.types).toBe(types);
    return client;
  }

  const ALERTS: readonly [string, number, Failure, RegExp][] = [
    ["bad_certificate", 42, BAD_CERTIFICATE, /ALERT_BAD_CERTIFICATE/],
    ["unsupported_certificate", 43, UNSUPPORTED, /ALERT_UNSUPPORTED_CERTIFICATE/],
    ["protocol_version", 70, OLD_VERSION, /ALERT_PROTOCOL_VERSION/],
    ["certificate_required", 116, NO_CERTIFICATE, /CERTIFICATE_REQUIRED/],
  ];
  for (const [name, description, failure, code] of ALERTS) {
    tlsTest(`M57 M60: alert ${name}`, async (world) => {
      const client = await broken(world, ({ wire }) => wire.write(alert(description)));
      expect(failureOf(client)).toEqual(failure);
      expect(causeOf(client).code).toMatch(code);
    });
  }

  const OTHERS = { handshake_failure: 40, internal_error: 80, no_application_protocol: 120 };
  for (const [name, description] of Object.entries(OTHERS)) {
    tlsTest(`M57 M60: alert ${name}: SecurityError`, async (world) => {
      const client = await broken(world, ({ wire }) => wire.write(alert(description)));
      expect(failureOf(client).slice(0, 2)).toEqual(["SecurityError", "SecurityProtocol"]);
      expect(causeOf(client).code).toMatch(/^ERR_SSL_.*ALERT/);
    });
  }

  tlsTest("M60: the answer is no TLS", async (world) => {
    const client = await broken(world, ({ wire }) => {
      wire.write(latin1("500 what do you mean?\r\n"));
    });
    if (upgrade)
      expectGuarded(client); // it may as well have been sent before
    else expect(failureOf(client)).toEqual(OLD_VERSION);
    expect(causeOf(client).code).toBe("ERR_SSL_WRONG_VERSION_NUMBER");
  });

  tlsTest("M59 M60: FIN instead of an answer: NetworkInterruptError", async (world) => {
    const client = await broken(world, ({ wire }) => wire.end());
    expect(failureOf(client)).toEqual(INTERRUPTED);
  });

  tlsTest("M59 M60: close_notify instead of an answer", async (world) => {
    const client = await broken(world, ({ wire }) => {
      wire.write(new Uint8Array([21, 3, 3, 0, 2, 1, 0]));
      wire.end();
    });
    expect(failureOf(client)).toEqual(INTERRUPTED);
  });

  tlsTest("M59 M60: FIN in the middle of an answer", async (world) => {
    const client = await broken(world, ({ wire }) => {
      wire.write(new Uint8Array([22, 3, 3, 1]));
      wire.end();
    });
    expect(failureOf(client)).toEqual(INTERRUPTED);
  });

  tlsTest("M59 M60: RST instead of an answer: of the network, not of security", async (world) => {
    const client = await broken(world, ({ wire }) => wire.reset());
    const [name, message] = failureOf(client);
    expect(name).toMatch(/^Network(Interrupt)?Error$/);
    expect(message).toBe("Network");
    expect(causeOf(client)).toMatchObject({ code: "ECONNRESET" });
  });

  tlsTest("the socket goes while the peer is silent", async (world) => {
    const [client, peer] = await greeted(world, upgrade);
    client.socket.closeImmediately();
    await client.fired("close");
    expect(client.types).toBe(upgrade ? "open close" : "close");
    await peer.until("end", () => /end|error|close/.test(peer.events));
  });
});

tlsTest("M52 M58: connectTimeout counts the handshake", async (world) => {
  const { port, accept } = await world.plainPeers();
  const options = { useSecureTransport: true, connectTimeout: 50 };
  const client = world.open(port, options, HOST);
  await accept();
  await client.fired("close");
  expect(failureOf(client)).toEqual(TIMED_OUT);
  expect(client.types).toBe("error close");
});
