/**
 * What can go wrong in a loopback network, as plain numbers; nothing does unless asked for.
 *
 * Owns the names and their neutral values only. The values may be changed while the network runs
 * and count from the next step on. Probabilities are 0 (never) to 1 (always).
 */

/** A loopback network's faults. All are off at first. */
export interface Faults {
  /** Most bytes the kernel takes in one step of a write, at least 1; 1: one-byte writes. */
  writeMax: number;
  /** Most bytes in one read, at least 1; 1: one-byte reads. */
  readMax: number;
  /** Cuts writes and reads at random places. */
  split: boolean;
  /** Holds bytes back for a millisecond, so that several writes arrive as one read. */
  coalesce: boolean;
  /**
   * Virtual milliseconds on the way, least and most, drawn for each step. At first 0.1 each. With
   * 0 no time passes while bytes flow, so timers wait until none do.
   */
  latency: readonly [least: number, most: number];
  /** Probability that a read is the connection's last: both ends see a reset after it. */
  reset: number;
  /** Bytes delivered on a connection, both directions together, after which it is reset. */
  resetAfterBytes: number;
  /** Probability that a connection is refused though somebody listens. */
  refuse: number;
  /** Host names that are not found, beside those that end in `.invalid`. */
  notFound: readonly string[];
  /** Probability that a name is not found. IP addresses are not looked up. */
  lookupFailure: number;
  /** Virtual milliseconds a name's look-up takes. Infinity: it is never answered. */
  lookupDelay: number;
  /** Further virtual milliseconds until a connection is up. Infinity: it never is. */
  connectDelay: number;
  /** Probability that a connection is lost between the kernel and `accepted`: a reset. */
  acceptFailure: number;
  /** Probability that a message of a TLS handshake is answered by an alert: both ends fail. */
  tlsAlert: number;
  /**
   * Which message of each TLS handshake is: 1, the client's hello; 2, the server's, with its certificate;
   * 3, the client's last; 4, the server's, which TLSv1.3 does not have. 0: none.
   */
  tlsAlertAt: number;
  /** Lets reports of different connections overtake each other, as a host may. */
  reorder: boolean;
  /** Reports the peer's end together with the last bytes in front of it. */
  finWithData: boolean;
}

/** A network in which nothing goes wrong. */
export function noFaults(): Faults {
  return {
    writeMax: Number.POSITIVE_INFINITY,
    readMax: Number.POSITIVE_INFINITY,
    split: false,
    coalesce: false,
    latency: [0.1, 0.1],
    reset: 0,
    resetAfterBytes: Number.POSITIVE_INFINITY,
    refuse: 0,
    notFound: [],
    lookupFailure: 0,
    lookupDelay: 0,
    connectDelay: 0,
    acceptFailure: 0,
    tlsAlert: 0,
    tlsAlertAt: 0,
    reorder: false,
    finWithData: false,
  };
}
