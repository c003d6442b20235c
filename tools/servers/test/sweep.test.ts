import { spawn } from "node:child_process";
import { once } from "node:events";
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { identifyProcess, isRunning } from "../watchdog/identity.mjs";
import type { ProcessIdentity } from "../watchdog/identity.mjs";
import { readRuns, sweepRuns } from "../watchdog/sweep.mjs";
import type { RunRecord } from "../watchdog/sweep.mjs";
import { temporaryFolder } from "./temporary-folder.js";

/** A process that does nothing until it is ended. */
function startProcess(): ProcessIdentity {
  const child = spawn(process.execPath, ["-e", "setInterval(() => {}, 1e6)"], {
    detached: true,
    stdio: "ignore",
  });
  onTestFinished(() => {
    child.kill("SIGKILL");
  });
  const identity = identifyProcess(child.pid ?? 0);
  if (identity === undefined) throw new Error("The process was not started.");
  return identity;
}

async function endedProcess(): Promise<ProcessIdentity> {
  const child = spawn(process.execPath, ["-e", "process.stdin.resume()"], {
    stdio: ["pipe", "ignore", "ignore"],
  });
  const identity = identifyProcess(child.pid ?? 0);
  child.stdin.end();
  await once(child, "exit");
  if (identity === undefined) throw new Error("The process was not started.");
  return identity;
}

function addRun(base: string, name: string, record: Omit<RunRecord, "server">): string {
  const folder = join(base, name);
  mkdirSync(folder);
  writeFileSync(join(folder, "run.json"), JSON.stringify({ server: "vault", ...record }));
  return folder;
}

function recorded(identity: ProcessIdentity): RunRecord["processes"][number] {
  return { ...identity, stopSignal: "SIGTERM" };
}

test("ends the processes of a run whose starter is gone, and removes its folders", async () => {
  const base = temporaryFolder();
  const outer = temporaryFolder();
  const server = startProcess();
  const owner = await endedProcess();
  const folder = addRun(base, "vault-1", {
    owner,
    processes: [recorded(server)],
    folders: [outer],
  });

  expect(await sweepRuns(base)).toEqual(["vault-1"]);
  expect(isRunning(server)).toBe(false);
  expect(existsSync(folder)).toBe(false);
  expect(existsSync(outer)).toBe(false);
});

test("leaves a run alone whose starter is alive", async () => {
  const base = temporaryFolder();
  const server = startProcess();
  const owner = startProcess();
  const folder = addRun(base, "vault-1", { owner, processes: [recorded(server)], folders: [] });

  expect(await sweepRuns(base)).toEqual([]);
  expect(isRunning(server)).toBe(true);
  expect(existsSync(folder)).toBe(true);
});

test("does not touch a process that was given the number of an ended server", async () => {
  const base = temporaryFolder();
  const bystander = startProcess();
  const former = recorded({ pid: bystander.pid, startTime: "1" });
  const folder = addRun(base, "vault-1", {
    owner: await endedProcess(),
    processes: [former],
    folders: [],
  });

  expect(await sweepRuns(base)).toEqual(["vault-1"]);
  expect(isRunning(bystander)).toBe(true);
  expect(existsSync(folder)).toBe(false);
});

test("believes nothing in a folder that others can write to", async () => {
  const base = temporaryFolder();
  const server = startProcess();
  addRun(base, "vault-1", {
    owner: await endedProcess(),
    processes: [recorded(server)],
    folders: [],
  });
  chmodSync(base, 0o777);

  expect(readRuns(base)).toEqual([]);
  expect(await sweepRuns(base)).toEqual([]);
  expect(isRunning(server)).toBe(true);
});

test("has nothing to do where no server was ever started", async () => {
  expect(await sweepRuns(join(temporaryFolder(), "absent"))).toEqual([]);
});
