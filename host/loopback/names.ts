/**
 * The name service of a loopback network: every name is this machine, except those not found.
 *
 * Must never ask the real one. Invariant: an IP address resolves to itself, and always.
 */
import type { Network } from "./network.ts";

/** Whether it is an IP address, as far as a network without routing has to know. */
export function isAddress(host: string): boolean {
  return host.includes(":") || /^\d{1,3}(\.\d{1,3}){3}$/.test(host);
}

/** The address of a host of that family (0: either), or null if there is no such name. */
export function resolve(network: Network, host: string, family: 0 | 4 | 6): string | null {
  if (isAddress(host)) return host;
  const { faults, random } = network;
  if (/(^|\.)invalid\.?$/i.test(host) || faults.notFound.includes(host)) return null;
  if (random.chance(faults.lookupFailure)) return null;
  return family === 6 ? "::1" : "127.0.0.1";
}
