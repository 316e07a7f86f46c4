/**
 * All questions, in the order they are asked. A question has
 *
 *   name, unit    what one unit of work is; CPU time is told per unit
 *   amount, quick units in one round
 *   subject       which role is under test, "run" (the client) or "serve"; the other one is the peer
 *   sides         name → what the roles need to know, and `versus`: the side it is compared with;
 *                 if wanted `needs`: () => {}, or { path, args } of what runs it in place of this Node,
 *                 or { missing }: why it cannot be run; `run` or `serve` of its own
 *   floors        if any: what sides are to reach (floors.mjs)
 *   serve(side)   listens, returns the port; a question without it has no peer
 *   peer(side)    if any: what its peer needs to know of a side, in place of nothing
 *   run(side, port, amount, thorough)   one round; returns { units, seconds, ... }
 *   measures      what is reported: name → { value(sample), lower: true if less is better,
 *                 difference: true if what one has more than the other is told too }
 *   fresh         true: each sample has processes of its own, and `memory`: { rss, heap, engine }
 *   grows         why a process of it takes more memory each round, so that soak.mjs leaves it out
 */
import { connectCloseClient, connectCloseServer } from "./connect-close.mjs";
import { contexts } from "./contexts.mjs";
import { echo } from "./echo.mjs";
import { idleClient, idleServer } from "./idle.mjs";
import { linear } from "./linear.mjs";
import { manySockets } from "./many-sockets.mjs";
import { messagesLength, messagesLengthAccepted } from "./messages-length.mjs";
import { messagesLines, messagesLinesAccepted } from "./messages-lines.mjs";
import { messagesVarint } from "./messages-varint.mjs";
import { pingPong } from "./ping-pong.mjs";
import { receiveBulk } from "./receive-bulk.mjs";
import { sendBulk } from "./send-bulk.mjs";
import { sendSmall } from "./send-small.mjs";
import { startUp } from "./start-up.mjs";
import { tlsReceive, tlsSend } from "./tls-bulk.mjs";

export const questions = [
  messagesLength,
  messagesLengthAccepted,
  messagesLines,
  messagesLinesAccepted,
  messagesVarint,
  sendSmall,
  receiveBulk,
  sendBulk,
  pingPong,
  echo,
  manySockets,
  connectCloseClient,
  connectCloseServer,
  tlsReceive,
  tlsSend,
  idleClient,
  idleServer,
  startUp,
  contexts,
  linear,
];
