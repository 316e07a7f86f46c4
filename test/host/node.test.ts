/** The contract on `node:net` and `node:tls`, with real sockets. */
import { nodeHost } from "../../host/node/index.ts";
import { nodeKeys } from "./contract/keys.ts";
import { transportContract } from "./transport-contract.ts";

transportContract("node", () => nodeHost, nodeKeys);
