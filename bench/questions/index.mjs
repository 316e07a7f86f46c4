/**
 * All questions, in the order they are asked. A question has
 *
 *   name, unit    what one unit of work is; CPU time is told per unit
 *   amount, quick units in one round
 *   subject       which role is under test, "run" (the client) or "serve"; the other one is the peer
 *   sides         name → what the roles need to know, and `versus`: the side it is compared with;
 *                 if wanted `floors`: side → the least speed × beside it, in the first measure, and
 *                 `runtime`: what runs it in place of this Node, () => { path } or { missing }
 *   serve(side)   listens, returns the port; a question without it has no peer
 *   run(side, port, amount, thorough)   one round; returns { units, seconds, ... }
 *   measures      what is reported: name → { value(sample), lower: true if less is better,
 *                 difference: true if what one has more than the other is told too }
 *   fresh         true: each sample has processes of its own, and `memory`: { rss, heap, engine }
 */
import { connectCloseClient, connectCloseServer } from "./connect-close.mjs";
import { contexts } from "./contexts.mjs";
import { echo } from "./echo.mjs";
import { idleClient, idleServer } from "./idle.mjs";
import { linear } from "./linear.mjs";
import { messagesLength, messagesLengthAccepted } from "./messages-length.mjs";
import { messagesLines, messagesLinesAccepted } from "./messages-lines.mjs";
import { pingPong } from "./ping-pong.mjs";
import { receiveBulk } from "./receive-bulk.mjs";
import { sendBulk } from "./send-bulk.mjs";
import { sendSmall } from "./send-small.mjs";
import { startUp } from "./start-up.mjs";
import { tlsReceive, tlsSend } from "./tls-bulk.mjs";

export const questions = [
  receiveBulk,
  sendBulk,
  sendSmall,
  tlsReceive,
  tlsSend,
  pingPong,
  echo,
  connectCloseClient,
  connectCloseServer,
  idleClient,
  idleServer,
  startUp,
  contexts,
  messagesLength,
  messagesLengthAccepted,
  messagesLines,
  messagesLinesAccepted,
  linear,
];
