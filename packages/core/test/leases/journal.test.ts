import { chmod, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createCanary, expectFilesClean } from "@kinko/testing";
import fc from "fast-check";
import { beforeEach, describe, expect, onTestFinished, test } from "vitest";
import { Secret, systemClock } from "../../src/index.js";
import { createLeaseManager } from "../../src/leases/index.js";
import { formatJournalName, parseJournalName } from "../../src/leases/journal/file-name.js";
import { JournalFile } from "../../src/leases/journal/journal-file.js";
import { createLeaseJournal } from "../../src/leases/journal/lease-journal.js";
import {
  hasEnded,
  systemProcesses,
  type ProcessIdentity,
  type ProcessTable,
} from "../../src/leases/journal/process-identity.js";
import { addedLine, endedLine, livingLeases } from "../../src/leases/journal/records.js";
import { setUp } from "./support.js";

const path = "database/creds/readonly";
let directory: string;

beforeEach(async () => {
  const parent = await mkdtemp(join(tmpdir(), "kinko-leases-"));
  onTestFinished(() => rm(parent, { recursive: true, force: true }));
  directory = join(parent, "journal");
});

function processNamed(pid: number, overrides: Partial<ProcessIdentity> = {}): ProcessIdentity {
  return { place: "aaaaaaaaaaaa", boot: "bbbbbbbbbbbb", pid, startedAt: "100", ...overrides };
}

/** What a process leaves that writes these and ends without a word. */
async function leave(
  leases: readonly string[],
  processes: ProcessTable,
  scope?: string,
): Promise<void> {
  const journal = createLeaseJournal({ directory, scope }, processes);
  for (const lease of leases) await journal.add(lease);
  // Leases that live stay in the file.
  await journal.close();
}

function table(pid: number, running: readonly number[]): ProcessTable {
  return {
    self: processNamed(pid),
    startOf: (asked) => (running.includes(asked) ? "100" : undefined),
  };
}

describe("records", () => {
  test("tell which leases live, whatever their ids are and wherever the last line is cut", () => {
    const id = fc.string({ minLength: 1, unit: "binary" });
    fc.assert(
      fc.property(fc.array(fc.tuple(id, fc.boolean())), fc.nat(30), (leases, cut) => {
        const expected = new Map(leases);
        const text = leases.map(([lease, ends]) =>
          ends ? addedLine(lease) + endedLine(lease) : addedLine(lease),
        );
        const last = addedLine("torn ".repeat(10));
        const living = livingLeases(text.join("") + last.slice(0, cut));
        expect(new Set(living)).toEqual(
          new Set([...expected].filter(([, ends]) => !ends).map(([lease]) => lease)),
        );
      }),
    );
  });
});

describe("names", () => {
  test("tell the writer, and nothing else passes for one", () => {
    const name = { scope: "cccccccccccc", writer: processNamed(12), serial: "0".repeat(16) };
    expect(parseJournalName(formatJournalName(name))).toEqual(name);
    for (const other of ["", "a.leases", `${formatJournalName(name)}.new`, "../x.leases"]) {
      expect(parseJournalName(other)).toBeUndefined();
    }
  });
});

describe("whether a writer has ended", () => {
  const here = table(1, [1, 2]);
  test.each([
    ["a running process has not", processNamed(2), false],
    ["one that is gone has", processNamed(3), true],
    ["one whose pid another process has now has", processNamed(2, { startedAt: "99" }), true],
    ["one of an earlier boot has", processNamed(2, { boot: "dddddddddddd" }), true],
    ["one of another machine cannot be judged", processNamed(3, { place: "eeeeeeeeeeee" }), false],
  ])("%s", (_title, writer, ended) => {
    expect(hasEnded(writer, here)).toBe(ended);
  });

  test("is told of this machine: this process runs, and a pid beyond all does not", () => {
    const real = systemProcesses();
    expect(hasEnded(real.self, real)).toBe(false);
    expect(real.startOf(2 ** 30)).toBeUndefined();
  });
});

describe("a journal", () => {
  test("has what lives, with mode 0600 in a folder of mode 0700, and no value", async () => {
    const canary = createCanary();
    const { manager, backend } = setUp(
      {},
      { journal: { directory }, clock: systemClock, closeTimeoutMs: 2_000 },
    );
    const issue = backend.issue.bind(backend);
    backend.issue = async () => ({
      ...(await issue()),
      secret: Secret.json({ password: canary.value }),
    });
    await manager.orphans;
    await manager.acquire({ path });
    const [name = ""] = await readdir(directory);
    const file = join(directory, name);
    expect(livingLeases(await readFile(file, "utf8"))).toEqual(["creds/1"]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    await expectFilesClean(directory, canary);
    await manager.close();
    expect(await readdir(directory)).toEqual([]);
  });

  test("keeps what could not be revoked", async () => {
    const { manager, backend } = setUp(
      {},
      { journal: { directory }, clock: systemClock, closeTimeoutMs: 2_000 },
    );
    await manager.acquire({ path });
    backend.options = { fault: () => "fail" };
    await manager.close();
    const [name = ""] = await readdir(directory);
    expect(livingLeases(await readFile(join(directory, name), "utf8"))).toEqual(["creds/1"]);
  });

  test("of a process that has ended is taken over by one only of those who start", async () => {
    const crashed = createLeaseJournal({ directory }, table(1, [1]));
    for (const lease of ["one", "two", "three"]) await crashed.add(lease);
    await crashed.ended("two");
    await crashed.close();
    const starting = [2, 3, 4].map((pid) =>
      createLeaseJournal({ directory }, table(pid, [2, 3, 4])),
    );
    const taken = (await Promise.all(starting.map((journal) => journal.orphans()))).flat();
    expect(taken.map(({ leaseIds }) => leaseIds)).toEqual([["one", "three"]]);
    const late = createLeaseJournal({ directory }, table(5, [2, 3, 4, 5]));
    expect(await late.orphans()).toEqual([]);
  });

  test("of one that crashed during that is taken over by the next", async () => {
    await leave(["one"], table(1, [1]));
    const second = createLeaseJournal({ directory }, table(2, [2]));
    const [taken] = await second.orphans();
    await taken?.file.ended("one");
    await second.close();
    await leave(["two"], table(2, [2]));
    const third = await createLeaseJournal({ directory }, table(3, [3])).orphans();
    expect(third.flatMap(({ leaseIds }) => leaseIds)).toEqual(["two"]);
  });

  test("of a running process, of another backend or of another machine is left alone", async () => {
    await leave(["running"], table(1, [1]));
    await leave(["other backend"], table(7, [7]), "other");
    const far = { ...table(8, [8]), self: processNamed(8, { place: "eeeeeeeeeeee" }) };
    await leave(["other machine"], far);
    const start = createLeaseJournal({ directory }, table(2, [1, 2]));
    expect(await start.orphans()).toEqual([]);
    const only = createLeaseJournal({ directory, exclusive: true }, table(2, [2]));
    const taken = (await only.orphans()).flatMap(({ leaseIds }) => leaseIds);
    expect(taken.toSorted()).toEqual(["other machine", "running"]);
  });

  test("leads to the revocation of orphans at the next start, each once", async () => {
    await leave(["orphan/1"], {
      ...systemProcesses(),
      self: { ...systemProcesses().self, pid: 2 ** 30 },
    });
    const { manager, backend, events } = setUp(
      {},
      { journal: { directory }, clock: systemClock, closeTimeoutMs: 2_000 },
    );
    expect(await manager.orphans).toEqual({ revoked: 1, failed: 0 });
    expect(backend.requests.map(({ operation, id }) => [operation, id])).toEqual([
      ["revoke", "orphan/1"],
    ]);
    expect(events).toMatchObject([{ type: "revoked", leaseId: "orphan/1", generation: 0 }]);
    await manager.close();
    expect(await readdir(directory)).toEqual([]);
  });

  test("in a folder that is open to others is refused; credentials still come, and it is told", async () => {
    const { manager, events } = setUp(
      {},
      { journal: { directory }, clock: systemClock, closeTimeoutMs: 2_000 },
    );
    await manager.orphans;
    await manager.close();
    await chmod(directory, 0o755);
    const open = setUp({}, { journal: { directory }, clock: systemClock, closeTimeoutMs: 2_000 });
    expect(await open.manager.orphans).toEqual({ revoked: 0, failed: 0, code: "Config" });
    const handle = await open.manager.acquire({ path });
    expect(handle.current().generation).toBe(1);
    expect(open.types()).toEqual(["journal-failed", "issued"]);
    expect(events).toEqual([]);
    await open.manager.close();
  });

  test("is not written through a link", async () => {
    const target = join(directory, "..", "target");
    await writeFile(target, "kept");
    const link = join(directory, "..", "link");
    await symlink(target, link);
    await expect(new JournalFile(link).add("a")).rejects.toMatchObject({ code: "ELOOP" });
    expect(await readFile(target, "utf8")).toBe("kept");
  });

  test("stays short, however many leases come and go", async () => {
    const file = join(directory, "..", "journal");
    const journal = new JournalFile(file);
    await journal.add("stays");
    const long = "x".repeat(10_000);
    for (let round = 0; round < 60; round += 1) {
      await Promise.all([0, 1, 2].map((index) => journal.add(`${long}${round}-${index}`)));
      await Promise.all([0, 1, 2].map((index) => journal.ended(`${long}${round}-${index}`)));
    }
    expect((await stat(file)).size).toBeLessThan(1_200_000);
    expect(livingLeases(await readFile(file, "utf8"))).toEqual(["stays"]);
  });
});

test("a manager without a journal writes nothing", async () => {
  const { manager, backend } = setUp();
  expect(await manager.orphans).toEqual({ revoked: 0, failed: 0 });
  expect(createLeaseManager({ dynamic: backend }).orphans).toBeInstanceOf(Promise);
});
