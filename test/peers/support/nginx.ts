/** An nginx of the test's own: one process in the foreground, all its files in one folder. */
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Loopback, startListening } from "./loopback.ts";
import { Program } from "./program.ts";

/** Serves the folder `www` below `folder`, and takes uploads there. */
export function startNginx(
  path: string,
  folder: string,
  { host, written }: Loopback,
): Promise<{ program: Program; port: number }> {
  mkdirSync(join(folder, "www"), { recursive: true });
  return startListening(host, (port) => {
    const file = join(folder, "nginx.conf");
    writeFileSync(file, configuration(folder, written, port));
    return new Program(path, ["-p", folder, "-c", file]);
  });
}

/** No master process: what is started is what is stopped. */
function configuration(folder: string, address: string, port: number): string {
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"];
  return `
daemon off;
master_process off;
pid ${folder}/nginx.pid;
error_log stderr;
events { worker_connections 64; }
http {
  access_log off;
  ${temporary.map((name) => `${name}_temp_path ${folder}/${name};`).join("\n  ")}
  default_type application/octet-stream;
  client_max_body_size 1g;
  server {
    listen ${address}:${port};
    root ${folder}/www;
    location / { dav_methods PUT; }
  }
}
`;
}
