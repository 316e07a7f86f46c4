/**
 * Lets TypeScript read `abi.ts` as it stands: AssemblyScript's number types, as far as the ABI uses
 * them. For the bindings' and hosts' compiler only; the core itself has AssemblyScript's own.
 */

declare type i32 = number;
declare type u32 = number;
declare type f64 = number;
