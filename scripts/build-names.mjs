/**
 * Short names for what no user sees, which Node then need not read: locals and private members. What
 * stands at the top level keeps its name: stack traces and `name` show it.
 */
import { transform } from "esbuild";

const IMPORT = /\bimport ?\{[^{}]*\} ?from ?"[^"]*";/g;
const EXPORT = /\bexport ?\{[^{}]*\};\s*$/;

/** @param code a bundled module of esbuild's */
export async function shortNames(code) {
  const imports = code.match(IMPORT) ?? [];
  const [exports] = code.match(EXPORT) ?? [];
  if (exports === undefined) throw new Error("a bundle has no exports at its end");
  // Without imports and exports it is a script to esbuild, which leaves alone what others may see.
  const body = code.replace(EXPORT, "").replaceAll(IMPORT, "");
  if (/(?:^|[;}])(?:import|export)\b ?[^ (.]/.test(body)) {
    throw new Error("a bundle imports or exports in a way this does not know");
  }
  const options = { minifyIdentifiers: true, minifyWhitespace: true, target: "node20" };
  const { code: short } = await transform(body, options);
  return [...imports, short.trimEnd(), ...ownNames(short), exports].join("");
}

/** A class that names itself has an inner name, and so would `X.name` say. */
function ownNames(code) {
  const classes = [...code.matchAll(/\b(\w+)=class (\w+)(?= extends \w+\{|\{)/g)];
  return classes
    .filter(([, own, inner]) => own !== inner)
    .map(([, own]) => `Object.defineProperty(${own},"name",{value:"${own}"});`);
}
