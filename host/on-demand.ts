/**
 * Tables that are made when first asked for: most programs never see half of them, and making all of
 * them was a twentieth of the library's start.
 */

/** What `make` returns, made by the first call. */
export function onDemand<Table extends object>(make: () => Table): () => Table {
  let made: Table | undefined;
  return () => {
    made ??= make();
    return made;
  };
}
