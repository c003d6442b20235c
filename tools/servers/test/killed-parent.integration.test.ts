import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname } from "node:path";
import { createInterface } from "node:readline";
import { expect, onTestFinished, test } from "vitest";
import { identifyProcess, isRunning } from "../watchdog/identity.mjs";
import { readRuns } from "../watchdog/sweep.mjs";
import type { Run } from "../watchdog/sweep.mjs";
import { packageRoot } from "../src/package-root.js";
import { runsFolder } from "../src/process/run-folder.js";
import { waitUntil } from "../src/process/wait-until.js";
import { findVaultBinary } from "../src/vault/find.js";
import { addRealServer } from "../src/vitest/mark.js";
import { fakeProgram } from "./fake-program.js";
import { temporaryFolder } from "./temporary-folder.js";

test("SIGKILL of the process that started servers leaves none of them behind", async ({ task }) => {
  addRealServer(task, "vault");
  addRealServer(task, "postgres");
  addRealServer(task, "moto");
  const command = spawn(process.execPath, [`${packageRoot}/dist/main.js`, "start"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    command.kill("SIGKILL");
  });
  command.stdout.resume();
  for await (const line of createInterface({ input: command.stderr })) {
    if (line.startsWith("Running.")) break;
  }
  const runs = readRuns(runsFolder()).filter(({ record }) => record.owner.pid === command.pid);
  const servers = runs.flatMap(({ record }) => record.processes);
  expect(runs.map(({ record }) => record.server).sort()).toEqual([
    "moto",
    "postgres",
    "vault",
    "vault-tls",
  ]);
  expect(servers.filter(isRunning)).toHaveLength(4);

  command.kill("SIGKILL");
  await once(command, "exit");
  const folders = runs.flatMap(({ folder, record }) => [folder, ...record.folders]);
  const gone = (): boolean => !servers.some(isRunning) && !folders.some((path) => existsSync(path));
  expect(await waitUntil(gone, { timeoutMs: 20_000 })).toBe(true);
});

test("SIGTERM to the command stops the servers and ends it with 0", async ({ task }) => {
  addRealServer(task, "vault");
  const command = spawn(process.execPath, [`${packageRoot}/dist/main.js`, "start", "vault"], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  onTestFinished(() => {
    command.kill("SIGKILL");
  });
  const lines: string[] = [];
  createInterface({ input: command.stdout }).on("line", (line) => lines.push(line));
  for await (const line of createInterface({ input: command.stderr })) {
    if (line.startsWith("Running.")) break;
  }
  expect(lines[1]).toMatch(/^export VAULT_ADDR='http:\/\/127\.0\.0\.1:\d+'$/);
  expect(lines[2]).toMatch(/^export VAULT_TOKEN='\S+'$/);
  const log = /log: (.*)$/.exec(lines[0] ?? "")?.[1] ?? "";
  const identity = identifyProcess(command.pid ?? 0);
  expect(identity).toBeDefined();
  expect(existsSync(log)).toBe(true);

  command.kill("SIGTERM");
  const [code] = await once(command, "exit");
  expect(code).toBe(0);
  expect(existsSync(dirname(log))).toBe(false);
});

test("SIGKILL during the build of Vault ends Go as well, and leaves nothing that looks finished", async () => {
  const bin = temporaryFolder();
  const cache = temporaryFolder();
  fakeProgram(
    bin,
    "go",
    'case "$1" in env) echo go1.26.0;; list) echo "go: downloading one v1" >&2; exec sleep 600;; esac',
  );
  const command = spawn(process.execPath, [`${packageRoot}/dist/main.js`, "prepare", "vault"], {
    stdio: ["ignore", "ignore", "pipe"],
    env: { PATH: `${bin}:/usr/bin:/bin`, XDG_CACHE_HOME: cache, TMPDIR: tmpdir() },
  });
  onTestFinished(() => {
    command.kill("SIGKILL");
  });
  const ownRuns = (): Run[] =>
    readRuns(runsFolder()).filter(({ record }) => record.owner.pid === command.pid);
  const goRuns = (): boolean => ownRuns().some(({ record }) => record.processes.some(isRunning));
  expect(await waitUntil(goRuns, { timeoutMs: 20_000 })).toBe(true);
  const runs = ownRuns();

  command.kill("SIGKILL");
  await once(command, "exit");
  const gone = (): boolean =>
    runs.every(({ folder, record }) => !existsSync(folder) && !record.processes.some(isRunning));
  expect(await waitUntil(gone, { timeoutMs: 20_000 })).toBe(true);
  expect(await findVaultBinary({ environment: { PATH: bin, XDG_CACHE_HOME: cache } })).toBe(
    undefined,
  );
});
