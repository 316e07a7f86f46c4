/** Assertions about types: they are made when the compiler reads the file, nothing runs. */

/** Whether two types are the same: assignable both ways is not enough, `any` would always pass. */
export type Same<A, B> =
  (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles only if all that it is given is true. */
export type All<_ extends readonly true[]> = never;
