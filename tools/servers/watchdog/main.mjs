// Started once by each process that starts servers, which holds the other end of standard input and
// writes nothing to it. The end of that input means that the process is gone, however it went: then
// its servers are ended and its folders removed. Plain JavaScript, since it has to run from sources.
//
// argv: the folder of runs, the owner's process number, the owner's start time.
import { once } from "node:events";
import { setTimeout as delay } from "node:timers/promises";
import { isRunning } from "./identity.mjs";
import { sweepRuns } from "./sweep.mjs";

const [base = "", pid = "", startTime = ""] = process.argv.slice(2);
const owner = { pid: Number(pid), startTime };

process.stdin.resume();
await once(process.stdin, "close");

// Its pipes close a moment before a process is gone; what it still writes must not be missed.
for (let waitedMs = 0; isRunning(owner) && waitedMs < 2000; waitedMs += 10) await delay(10);
await sweepRuns(
  base,
  ({ record }) => record.owner.pid === owner.pid && record.owner.startTime === startTime,
);
