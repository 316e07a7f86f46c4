/** A stream of conformance scripts, cut where each begins: at its header. */
export function scriptsOf(stream) {
  const scripts = [];
  for (const line of stream.split("\n")) {
    if (line === "") continue;
    if (line.startsWith('{"sansock":')) scripts.push("");
    scripts[scripts.length - 1] += `${line}\n`;
  }
  return scripts;
}

export function idOf(script) {
  return JSON.parse(script.slice(0, script.indexOf("\n"))).id;
}
