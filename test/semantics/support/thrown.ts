/** Exceptions as values, for tests that look at more than one side of them. */

/** What a call throws, or null. */
export function thrown(call: () => unknown): { name: string; message: string } | null {
  try {
    call();
    return null;
  } catch (error) {
    return error as Error;
  }
}
