import { mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { realVault } from "@kinko/servers/vitest";
import { expect, onTestFinished, test } from "vitest";
import { useDatabase } from "../database/use-database.js";
import { useLeaseWorker } from "./start-lease-worker.js";

const { address, token } = realVault();
const { mount, databases, connect, sql } = useDatabase();
const start = useLeaseWorker({ VAULT_ADDR: address, VAULT_TOKEN: token });

/** A role with this life; the names of its accounts hold `name`. */
async function createRole(name: string, defaultTtlSeconds: number): Promise<string> {
  await connect(name, "a password of this test");
  await databases().createRole(name, {
    connection: name,
    creationStatements: [
      `CREATE ROLE "{{name}}" WITH LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`,
    ],
    revocationStatements: [`DROP ROLE IF EXISTS "{{name}}"`],
    defaultTtlSeconds,
    maxTtlSeconds: 3_600,
  });
  return `${mount}/creds/${name}`;
}

async function accounts(name: string): Promise<number> {
  const [row] = await sql(
    `SELECT count(*)::int AS n FROM pg_roles WHERE rolname LIKE 'v-token-${name}-%'`,
  );
  return Number(row?.["n"]);
}

async function journalFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "kinko-lease-journal-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return join(folder, "journal");
}

test("SIGTERM with 200 renewals in flight: exit 0, no unhandled rejection, pg_roles clean", async () => {
  const path = await createRole("inflight", 24);
  const worker = start(["200", path], { TERMINATE_AT_MS: "20000" });
  await worker.said("ready");
  expect(await accounts("inflight")).toBe(200);
  expect(await worker.ended()).toEqual({ code: 0, signal: null });
  expect(worker.errors()).toBe("");
  // A few answers may come in the turn of the event loop that brings the signal.
  expect(Number((await worker.said("renewing at the end")).split(" ").at(-1))).toBeGreaterThan(190);
  expect(await accounts("inflight")).toBe(0);
});

test("a process that was stopped longer than the life of its credentials uses no expired ones", async () => {
  const path = await createRole("stopped", 3);
  const worker = start(["1", path]);
  await worker.said("use");
  worker.child.kill("SIGSTOP");
  await pause(5_000);
  const from = worker.lines.length;
  worker.child.kill("SIGCONT");
  await worker.said("use 2", from);
  worker.child.kill("SIGTERM");
  expect(await worker.ended()).toEqual({ code: 0, signal: null });
  const uses = worker.lines.filter((line) => line.startsWith("use "));
  expect(uses.map((line) => Number(line.split(" ")[2])).filter((leftMs) => leftMs <= 0)).toEqual(
    [],
  );
  expect(await accounts("stopped")).toBe(0);
});

test("kill -9: the next start revokes what was left, and nothing of a process that runs", async () => {
  const path = await createRole("killed", 600);
  const journal = await journalFolder();
  const [killed, running] = [start(["20", path, journal]), start(["5", path, journal])];
  await Promise.all([killed.said("ready"), running.said("ready")]);
  killed.child.kill("SIGKILL");
  await killed.ended();
  expect(await accounts("killed")).toBe(25);

  const next = start(["1", path, journal]);
  expect(await next.said("orphans")).toBe("orphans 20 0");
  await next.said("ready");
  expect(await accounts("killed")).toBe(6);
  for (const worker of [next, running]) {
    worker.child.kill("SIGTERM");
    expect(await worker.ended()).toEqual({ code: 0, signal: null });
  }
  expect(await accounts("killed")).toBe(0);
  expect(await readdir(journal)).toEqual([]);
});
