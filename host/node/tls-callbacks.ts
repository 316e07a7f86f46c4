/**
 * The app's TLS callbacks, wrapped: whatever they do, throwing included, fails their own connection
 * and nothing else.
 *
 * node:tls calls them from inside a handshake, where an exception would end the program and a promise
 * would never be looked at. A callback that is async by mistake fails too: node has no way to wait.
 */
import type { PeerCertificate, SecureContext } from "node:tls";
import { REASON_CERTIFICATE, REASON_TLS } from "../../assembly/reasons.ts";
import { blame } from "./tls-reasons.ts";

/** An option `checkServerIdentity`: an Error refuses. */
export type CheckIdentity = (host: string, certificate: PeerCertificate) => Error | undefined;
/** An option `SNICallback`. */
export type FindContext = (
  name: string,
  done: (error: Error | null, context?: SecureContext) => void,
) => void;
/** An option `ALPNCallback`: undefined ends the handshake. */
export type ChooseProtocol = (asked: {
  servername: string;
  protocols: string[];
}) => string | undefined;

/** What it returns, if anything, or throws, refuses the peer. */
export function guardIdentity(check: CheckIdentity): CheckIdentity {
  return (host, certificate) => {
    const { result, thrown } = attempt(() => check(host, certificate));
    const refusal: unknown = thrown ?? result;
    return refusal === undefined || refusal === null
      ? undefined
      : blamed(refusal, REASON_CERTIFICATE);
  };
}

/** Without an error and a context the listener's own is used; an answer counts once. */
export function guardNames(find: FindContext): FindContext {
  return (name, done) => {
    let answered = false;
    const answer: typeof done = (error, context) => {
      if (answered) return;
      answered = true;
      if (error) done(blamed(error, REASON_TLS));
      else if (isContext(context)) done(null, context ?? undefined);
      else done(blamed(new TypeError("SNICallback gave what is no context"), REASON_TLS));
    };
    const { thrown, rejected } = attempt(() => find(name, answer));
    if (thrown !== undefined) answer(asError(thrown));
    rejected?.then((reason) => answer(asError(reason)));
  };
}

/** What is not among those asked for counts as none. */
export function guardProtocols(choose: ChooseProtocol): ChooseProtocol {
  return ({ servername, protocols }) => {
    const asked = { servername, protocols: [...protocols] }; // node looks at the true one again
    const { result } = attempt(() => choose(asked));
    return typeof result === "string" && protocols.includes(result) ? result : undefined;
  };
}

interface Outcome<T> {
  readonly result?: T;
  readonly thrown?: unknown;
  /** Of a promise, once it rejects. */
  readonly rejected?: Promise<unknown>;
}

function attempt<T>(call: () => T): Outcome<T> {
  try {
    const result = call();
    if (!(result instanceof Promise)) return { result };
    return { result, rejected: new Promise((rejected) => result.catch(rejected)) };
  } catch (thrown) {
    return { thrown: thrown ?? new Error(String(thrown)) };
  }
}

function isContext(given: unknown): given is SecureContext | null | undefined {
  if (given === undefined || given === null) return true;
  return typeof given === "object" && typeof (given as { context?: unknown }).context === "object";
}

function blamed(given: unknown, reason: number): Error {
  const error = asError(given);
  blame(error, reason);
  return error;
}

/** The app's own error if it is a usable one, for node and the app's handlers look at it. */
function asError(given: unknown): Error {
  try {
    if (!(given instanceof Error)) return new Error(String(given));
    const { message, code } = given as { message: unknown; code?: unknown };
    if (typeof message === "string" && typeof code !== "symbol") return given;
  } catch {
    // neither text nor an error: it is not looked at again
  }
  return new Error("what the callback threw cannot be shown");
}
