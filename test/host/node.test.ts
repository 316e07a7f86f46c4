/** The contract on `node:net`, with real sockets. */
import { nodeHost } from "../../host/node/index.ts";
import { transportContract } from "./transport-contract.ts";

transportContract("node", () => nodeHost);
