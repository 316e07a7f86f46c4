/**
 * A cluster as a program of its own: primary and workers. The primary forks a worker for each task
 * it is sent and passes on what the worker says. A worker makes the server of its task, says what
 * becomes of it, and greets each connection with its number before it echoes. Ends with its parent.
 */
import cluster from "node:cluster";
import { TCPServerSocket, TCPSocketError } from "../../../dist/index.js";

if (cluster.isPrimary) lead();
else serve(JSON.parse(process.env.TASK ?? ""));

function lead() {
  cluster.schedulingPolicy = cluster.SCHED_RR; // Windows leaves it to the system otherwise
  process.on("message", (task) => {
    const worker = cluster.fork({ TASK: JSON.stringify(task) });
    worker.on("message", (said) => process.send?.({ worker: worker.id, ...said }));
    worker.on("exit", () => process.exit(1)); // none is to end before its primary
  });
  process.on("disconnect", () => process.exit()); // and the workers with it
}

function serve({ port, options }) {
  const say = (step, what) => process.send?.({ step, ...what });
  try {
    const server = new TCPServerSocket(port, options);
    say("constructed", { localPort: server.localPort });
    server.onerror = ({ error }) => say("error", described(error));
    server.onconnect = ({ socket }) => {
      socket.send(`${cluster.worker?.id}:`);
      socket.ondata = ({ data }) => socket.send(data);
    };
    server.listening.then(
      () => say("listening", { localPort: server.localPort }),
      (error) => say("rejected", described(error)),
    );
  } catch (error) {
    say("thrown", described(error));
  }
}

function described(error) {
  const { name, code, cause } = error;
  return { name, code, causeCode: cause?.code, ours: error instanceof TCPSocketError };
}
