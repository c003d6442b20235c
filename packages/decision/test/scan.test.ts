import { execFileSync } from "node:child_process";
import { mkdir, mkdtemp, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  countDevelopers,
  countFromStore,
  decide,
  parseProfile,
  type RunGit,
  scanDirectory,
  type ScanFileSystem,
} from "@kinko/decision";
import { envFileKind, envNames, looksSecret } from "../src/scan/env-files.js";

const now = new Date("2026-06-15T12:00:00Z");
const noGit: RunGit = async () => null;

/** A disk in memory; an entry whose text is undefined cannot be read. */
function disk(files: Readonly<Record<string, string | undefined>>): ScanFileSystem {
  const paths = Object.keys(files);
  return {
    async readDirectory(path) {
      const entries = new Map<string, "file" | "directory">();
      for (const file of paths) {
        if (!file.startsWith(`${path}/`)) continue;
        const [name = "", ...rest] = file.slice(path.length + 1).split("/");
        entries.set(name, rest.length > 0 ? "directory" : "file");
      }
      if (path.includes("locked")) throw new Error("EACCES");
      return [...entries].map(([name, kind]) => ({ name, kind }));
    },
    async readText(path, maxBytes) {
      const text = files[path];
      if (text === undefined) throw new Error("EACCES");
      return text.slice(0, maxBytes);
    },
  };
}

async function scan(files: Readonly<Record<string, string | undefined>>, options = {}) {
  return scanDirectory({
    directory: "/p",
    now,
    fileSystem: disk(files),
    runGit: noGit,
    ...options,
  });
}

describe("env files", () => {
  it("are told by their names, with the environment they are for", () => {
    expect(envFileKind(".env")).toEqual({ template: false, environment: null });
    expect(envFileKind(".env.local")).toEqual({ template: false, environment: null });
    expect(envFileKind(".env.prod")).toEqual({ template: false, environment: "production" });
    expect(envFileKind(".env.production.local")?.environment).toBe("production");
    expect(envFileKind(".env.example")).toEqual({ template: true, environment: null });
    expect(envFileKind(".env.staging.example")).toEqual({ template: true, environment: "staging" });
    for (const name of [".envrc", "env", "a.env", ".env.vault", ".env.bak", ".environment"]) {
      expect(envFileKind(name)).toBeUndefined();
    }
  });

  it("give their names and never what lies inside a quoted value", () => {
    const text = [
      "# COMMENT=1",
      "A=1",
      "export B = two",
      'C="first',
      "INSIDE=not a name",
      'escaped \\" still inside',
      'END="',
      "D='x'",
      "A=again",
      "not an assignment",
      "E=`multi",
      "F=inside`",
      "G=\r\nH=8",
    ].join("\n");
    expect(envNames(text)).toEqual(["A", "B", "C", "D", "E", "G", "H"]);
  });

  it("hold secrets under names that look like it", () => {
    const secret = [
      "DB_PASSWORD",
      "API_KEY",
      "JWT_SECRET",
      "GITHUB_TOKEN",
      "DATABASE_URL",
      "SENTRY_DSN",
      "REDIS_PRIMARY_URL",
      "KEY2",
    ];
    const open = [
      "PORT",
      "NODE_ENV",
      "MONKEY",
      "KEYBOARD",
      "NEXT_PUBLIC_API_KEY",
      "VITE_TOKEN",
      "SIGNING_PUBLIC_KEY",
      "PASSENGERS",
      "BASE_URL",
    ];
    expect(secret.filter((name) => !looksSecret(name))).toEqual([]);
    expect(open.filter(looksSecret)).toEqual([]);
  });
});

describe("scanDirectory", () => {
  it("counts secrets per directory and environment, and environments by name", async () => {
    const { profile } = await scan({
      "/p/.env": "DB_PASSWORD=a\nPORT=1",
      "/p/.env.local": "DB_PASSWORD=b",
      "/p/.env.prod": "DB_PASSWORD=c\nAPI_KEY=d",
      "/p/apps/web/.env.production": "API_KEY=e",
      "/p/.env.staging": "API_KEY=f",
      "/p/.env.example": "ONE_KEY=\nTWO_KEY=",
      "/p/node_modules/x/.env": "EVIL_KEY=g",
    });
    expect(profile.secretCount).toMatchObject({
      value: 5,
      evidence:
        "5 of 7 names look like secrets in 5 .env files; at least that many, as other places were not counted",
      source: "scan of .env files",
    });
    expect(profile.environmentCount).toMatchObject({ value: 2 });
    expect(profile.environmentNames).toMatchObject({ value: ["production", "staging"] });
  });

  it("never lets a value out", async () => {
    const result = await scan({ "/p/.env.prod": 'API_KEY=canary-1\nB_KEY="canary-2\ncanary-3"' });
    expect(JSON.stringify(result)).not.toContain("canary");
    expect(result.profile.secretCount).toMatchObject({ value: 2 });
  });

  it("counts templates only where there is no real file, and says so", async () => {
    const { profile } = await scan({ "/p/.env.example": "ONE_KEY=\nTWO_KEY=" });
    expect(profile.secretCount).toMatchObject({
      value: 2,
      evidence: expect.stringContaining("template"),
    });
    expect(profile.environmentCount).toBeNull();
  });

  it("takes one plain .env for one environment", async () => {
    const { profile } = await scan({ "/p/.env": "A_KEY=1" });
    expect(profile.environmentCount).toMatchObject({ value: 1 });
    expect(profile.environmentNames).toBeNull();
  });

  it("does not know what it has not seen, instead of saying none", async () => {
    const { profile } = await scan({ "/p/readme.md": "hello" });
    for (const answer of Object.values(profile)) expect(answer).toBeNull();
    expect(decide(profile).verdict).toBe("insufficient-data");
  });

  it("finds clouds by dependencies and Terraform providers, not by comments or broken files", async () => {
    const { profile } = await scan({
      "/p/package.json": JSON.stringify({
        dependencies: { "@aws-sdk/client-s3": "1", "@aws-sdk/client-sqs": "1", express: "4" },
        devDependencies: { "@azure/identity": "1" },
      }),
      "/p/infra/main.tf": '# provider "azurerm" {}\nprovider "google" {\n}\n',
      "/p/broken/package.json": "{",
      "/p/null/package.json": "null",
    });
    expect(profile.clouds).toEqual({
      value: ["aws", "gcp"],
      evidence: "aws by @aws-sdk/client-s3 and 1 more; gcp by a Terraform provider",
      source: "scan of package.json and Terraform files",
    });
    const { criteria } = decide(profile);
    expect(criteria.find(({ id }) => id === "multi-cloud")?.state).toBe("met");
  });

  it.each([
    [
      "kubernetes",
      { "/p/k8s/app.yaml": "apiVersion: v1\nkind: Service\n", "/p/compose.yaml": "services:" },
    ],
    ["kubernetes", { "/p/chart/Chart.yaml": "name: x" }],
    ["nomad", { "/p/job.nomad.hcl": 'job "x" {}' }],
    ["compose", { "/p/docker-compose.dev.yml": "services:" }],
  ])("finds %s by its files", async (value, files) => {
    const { profile } = await scan(files);
    expect(profile.orchestrator).toMatchObject({ value });
  });

  it("stops at its limits and says so", async () => {
    const files = Object.fromEntries(
      Array.from({ length: 30 }, (_, index) => [`/p/d${index}/.env`, "A_KEY=1"]),
    );
    const cut = await scan(files, { limits: { maxFiles: 10 } });
    expect(cut).toMatchObject({ files: 10, truncated: true });
    expect(cut.profile.secretCount).toMatchObject({ value: 10 });
    expect(cut.notes).toHaveLength(1);
    const shallow = await scan(files, { limits: { maxDepth: 0 } });
    expect(shallow).toMatchObject({ files: 0, truncated: true });
    const begun = await scan({ "/p/.env": "A_KEY=1\nB_KEY=2" }, { maxFileBytes: 8 });
    expect(begun.profile.secretCount).toMatchObject({ value: 1 });
  });

  it("goes on past what it may not read, and says so", async () => {
    const { profile, notes } = await scan({
      "/p/.env": "A_KEY=1",
      "/p/.env.prod": undefined,
      "/p/locked/.env": "B_KEY=1",
    });
    expect(profile.secretCount).toMatchObject({ value: 1 });
    expect(notes).toEqual(["1 directories and 1 files could not be read: counts are at least."]);
  });

  it("rejects when the directory itself cannot be read", async () => {
    await expect(scan({}, { directory: "/locked" })).rejects.toThrow("EACCES");
  });

  it("stops when asked to", async () => {
    await expect(scan({ "/p/.env": "" }, { signal: AbortSignal.abort() })).rejects.toThrow("abort");
  });

  it("gives answers that a profile accepts, whatever the names on disk are", async () => {
    const files: Record<string, string> = {};
    for (let index = 0; index < 200; index += 1) files[`/p/.env.environment-${index}`] = "A_KEY=1";
    files["/p/.env.bad\u001b[31mname"] = "A_KEY=1";
    files["/p/package.json"] = JSON.stringify({ dependencies: { "@azure/\n\u0007bell": "1" } });
    const { profile } = await scan(files);
    expect(parseProfile(profile)).toEqual(profile);
    expect(profile.environmentCount).toMatchObject({ value: 200 });
  });
});

describe("scanDirectory on a real disk with real git", () => {
  let root = "";
  const git = (date: string, author: string, ...args: string[]) => {
    const identity = ["-c", `user.name=${author}`, "-c", `user.email=${author}@example.org`];
    const env = {
      PATH: process.env["PATH"],
      HOME: root,
      GIT_AUTHOR_DATE: date,
      GIT_COMMITTER_DATE: date,
    };
    execFileSync("git", [...identity, ...args], {
      cwd: join(root, "project"),
      env,
      stdio: "ignore",
    });
  };
  const put = async (path: string, text: string) => {
    const file = join(root, "project", path);
    await mkdir(dirname(file), { recursive: true });
    await writeFile(file, text);
  };

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "kinko-decision-"));
    await put(".env", "A_KEY=1\n");
    await put("sub/.env.staging", "B_TOKEN=2\n");
    await put(".mailmap", "Ann <ann@example.org> <ann-old@example.org>\n");
    await writeFile(join(root, "outside.env"), "X_KEY=1");
    await symlink(join(root, "outside.env"), join(root, "project", ".env.production"));
    await symlink(root, join(root, "project", "loop"));
    git("2026-06-01T00:00:00Z", "ann", "init", "-q");
    git("2024-06-01T00:00:00Z", "long-gone", "commit", "-q", "--allow-empty", "-m", "old");
    const authors = ["ann", "ann-old", "bob", "dependabot[bot]"];
    for (const author of authors) {
      git("2026-06-01T00:00:00Z", author, "commit", "-q", "--allow-empty", "-m", "change");
    }
  });
  afterAll(async () => {
    await rm(root, { recursive: true, force: true });
  });

  it("measures files and authors, follows no link, joins addresses by the mailmap", async () => {
    const { profile, files } = await scanDirectory({ directory: join(root, "project"), now });
    expect(files).toBe(3);
    expect(profile.secretCount).toMatchObject({ value: 2 });
    expect(profile.environmentNames).toMatchObject({ value: ["staging"] });
    expect(profile.developerCount).toEqual({
      value: 2,
      evidence: "2 authors in the last 12 months",
      source: "git history",
    });
  });

  it("does not know the developers outside a repository", async () => {
    const { developerCount } = await countDevelopers({ directory: root, now });
    expect(developerCount).toBeNull();
  });

  it("does not know them in a directory that is not there", async () => {
    const { developerCount } = await countDevelopers({ directory: join(root, "absent"), now });
    expect(developerCount).toBeNull();
  });
});

describe("countDevelopers", () => {
  const run = (code: number | null, lines: readonly string[], shallow = false): RunGit => {
    return async (_directory, args, onLine) => {
      for (const line of args.includes("log") ? lines : [String(shallow)]) onLine(line);
      return code;
    };
  };

  it("asks for the last twelve months, and says when the clone is shallow", async () => {
    const seen: (readonly string[])[] = [];
    const runGit: RunGit = async (directory, args, onLine) => {
      seen.push(args);
      return run(0, ["a@x", "A@x"], true)(directory, args, onLine);
    };
    const { developerCount } = await countDevelopers({ directory: ".", now, runGit });
    expect(seen[0]).toContain("--since=2025-06-15T12:00:00.000Z");
    expect(developerCount).toMatchObject({
      value: 1,
      evidence: expect.stringContaining("shallow"),
    });
  });

  it.each([
    ["git is absent", run(null, [])],
    ["git fails half-way", run(128, ["a@x"])],
    ["nobody committed", run(0, [])],
    ["only bots committed", run(0, ["49699333+dependabot[bot]@users.noreply.github.com"])],
  ])("does not know them when %s", async (_name, runGit) => {
    expect(await countDevelopers({ directory: ".", now, runGit })).toEqual({
      developerCount: null,
    });
  });
});

describe("countFromStore", () => {
  it("counts names, and environments by their first segment in any usual form", async () => {
    async function* names() {
      yield* ["prod/app/db", "production/app/api", "staging/app/db", "/dev/x", "shared/y", "prod"];
    }
    const measured = await countFromStore(names(), { source: "vault at secret/" });
    expect(measured).toEqual({
      secretCount: { value: 6, evidence: "6 names listed", source: "vault at secret/" },
      environmentCount: {
        value: 3,
        evidence: "first path segments: development, production, staging",
        source: "vault at secret/",
      },
      environmentNames: {
        value: ["development", "production", "staging"],
        evidence: "first path segments: development, production, staging",
        source: "vault at secret/",
      },
    });
  });

  it("takes other environments and another separator when told", async () => {
    const measured = await countFromStore(["eu:db", "us:db", "prod:db"], {
      environments: ["eu", "us"],
      separator: ":",
    });
    expect(measured.environmentNames).toMatchObject({ value: ["eu", "us"] });
  });

  it("knows that an empty store holds nothing, and not how many environments there are", async () => {
    const measured = await countFromStore([]);
    expect(measured.secretCount).toMatchObject({ value: 0 });
    expect(measured.environmentCount).toBeNull();
  });
});
