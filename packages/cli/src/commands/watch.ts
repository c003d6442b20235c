import type { WatchLook } from "@kinko/delivery";
import type { Command, CommandContext } from "../command.js";
import { usageError } from "../errors.js";
import { exitCodes } from "../exit-codes.js";
import { commandEnvironmentOptions, exitCodeOf } from "../input/command-environment.js";
import { sourcesOf } from "../input/environment-sources.js";
import { durationOf, oneOf } from "../input/option-values.js";
import type { ParsedInput } from "../input/parse-arguments.js";
import { reporterOf } from "../watch/report.js";
import { untilSignal } from "../watch/until-signal.js";
import { WatchedCommand } from "../watch/watched-command.js";
import { summaries } from "./summaries.js";

export const command: Command = {
  spec: {
    name: "watch",
    summary: summaries.watch,
    details: [
      "Looks at versions and never shows a value; a store without versions, or a policy that does not show them, makes it read values and compare digests. The embedded store tells changes at once. While the store cannot be reached it waits longer and longer, up to a minute, says so, and tells afterwards what has changed.",
      "A command after -- is started as kinko run does, and its environment is watched as well. On a change it is ended by SIGTERM (SIGKILL after --grace) and started with the new environment, or gets --signal and keeps the one it has. It goes on as it is when its secrets cannot be read, or have not changed after all. Where the command ends by itself, so does kinko, with its exit code.",
      "With a command changes are told on stderr, since stdout is the command's; --json always writes one object a line to stdout.",
    ],
    arguments: [
      {
        name: "REFS…",
        optional: true,
        variadic: true,
        description: "secrets, fields or versions to watch",
        completes: "secret",
      },
    ],
    rest: "COMMAND ARGS…",
    options: [
      { name: "interval", value: "TIME", description: "between two looks (default 30s)" },
      {
        name: "restart",
        description: "start the command anew on a change (default with a command)",
      },
      {
        name: "signal",
        value: "SIGNAL",
        description: "send it this instead",
        choices: ["SIGHUP", "SIGUSR1", "SIGUSR2", "SIGINT", "SIGTERM"],
      },
      {
        name: "grace",
        value: "TIME",
        description: "how long the command may take to end (default 10s)",
      },
      ...commandEnvironmentOptions,
    ],
    examples: [
      { command: "kinko watch prod/app/db prod/app/key", does: "a line for each change" },
      { command: "kinko watch --prefix prod/app --json", does: "everything beneath, for a script" },
      {
        command: "kinko watch --prefix prod/app -- node server.js",
        does: "a server that always has the newest secrets",
      },
      {
        command: "kinko watch prod/tls/cert --signal SIGHUP -- nginx -g 'daemon off;'",
        does: "a server that reads them again by itself",
      },
    ],
  },
  run,
};

async function run(context: CommandContext, input: ParsedInput): Promise<number> {
  const { io, globals, output } = context;
  const mode = modeOf(input);
  const intervalSeconds = durationOf(input, "interval") ?? 30;
  if (intervalSeconds === 0) throw badInterval();
  const sources = await sourcesOf(context, input);
  const refs = [...input.args, ...sources.refs];
  const { prefixes } = sources;
  if (refs.length === 0 && prefixes.length === 0) throw nothingToWatch();
  const { formatRef, parsePrefix, parseRef } = await import("@kinko/core");
  const named = new Set(input.args.map((ref) => formatRef(parseRef(ref))));
  for (const ref of sources.refs) parseRef(ref);
  for (const prefix of prefixes) parsePrefix(prefix);
  if (globals.dryRun) {
    const names = [...named, ...sources.refs, ...prefixes.map((prefix) => `${prefix}/…`)];
    output.note(`Would watch ${names.join(", ")} every ${intervalSeconds} s.`);
    return exitCodes.Ok;
  }
  const report = reporterOf(context, mode !== undefined);
  const store = await context.openStore();
  const ending = untilSignal(io.signals ?? process);
  let watched: WatchedCommand | undefined;
  try {
    const { watchSecrets } = await import("@kinko/delivery");
    const looks = watchSecrets(store, {
      refs,
      prefixes,
      intervalMs: intervalSeconds * 1_000,
      // A service does not end because somebody edits the policy of its secrets.
      survivesRefusals: mode !== undefined,
      signal: ending.signal,
      clock: io.clock,
    });
    let begun = false;
    for await (const events of looks) {
      for (const event of events) await report.tell(event);
      if (!begun && events.every(({ type }) => type !== "outage")) {
        begun = true;
        output.note(
          `Watching ${[...refs, ...prefixes.map((prefix) => `${prefix}/…`)].join(", ")}.`,
        );
      }
      if (watched !== undefined) await watched.act(changedRefs(events), named);
      else if (mode !== undefined && begun) {
        // After the first look, so that no change between the two is missed.
        watched = await WatchedCommand.start(context, input, { mode, report });
        void watched.ended.then(ending.end, ending.end);
      }
    }
    return watched === undefined ? exitCodes.Ok : exitCodeOf(await watched.ended);
  } catch (error) {
    // Nobody would watch it any more.
    watched?.send("SIGTERM");
    throw error;
  } finally {
    ending.close();
  }
}

function changedRefs(events: WatchLook): readonly string[] {
  return events.flatMap((event) => ("ref" in event ? [event.ref] : []));
}

function modeOf(input: ParsedInput): "restart" | NodeJS.Signals | undefined {
  const chosen = oneOf(input, ["restart", "signal"]);
  if ((input.rest ?? []).length > 0) {
    return (input.text("signal") as NodeJS.Signals | undefined) ?? "restart";
  }
  if (chosen === undefined && input.rest === undefined) return undefined;
  throw usageError(
    "There is no command to restart or to signal.",
    "missing-command",
    "Write it after --, such as kinko watch --prefix prod/app -- node server.js.",
  );
}

function nothingToWatch(): Error {
  return usageError(
    "Nothing to watch is named.",
    "missing-argument",
    "Name references, or add --prefix, --manifest or --env-file.",
  );
}

function badInterval(): Error {
  return usageError("--interval is at least a second.", "invalid-option-value", "Write 30s.");
}
