import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { initLocalStore } from "@kinko/provider-local/admin";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { stringify } from "yaml";
import { backends, type Backend } from "./backends.js";

const example = dirname(dirname(fileURLToPath(import.meta.url)));
const kinkoFile = fileURLToPath(
  new URL("dist/kinko.cjs", import.meta.resolve("@kinko/cli/package.json")),
);
const starts = backends();
const stores = Object.keys(starts);

let folder: string;
const running: Record<string, Backend> = {};

beforeAll(async () => {
  // Beside the example, so that its packages are found from there.
  folder = mkdtempSync(join(example, ".kinko-test-"));
  for (const [name, start] of Object.entries(starts)) running[name] = await start(folder);
  const providers = Object.fromEntries(stores.map((name) => [name, running[name]?.options]));
  writeFileSync(join(folder, "kinko.config.yaml"), stringify({ provider: "local", providers }));
  const kept = { file: ".kinko/store.age", identity: ".kinko/identity.txt" };
  await initLocalStore({ directory: folder, ...kept });
});
afterAll(async () => {
  await Promise.all(Object.values(running).map((backend) => backend.stop()));
  rmSync(folder, { recursive: true, force: true });
});

interface Result {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs the command as it is built, with one config for all stores. */
function kinko(argv: readonly string[], env: Record<string, string> = {}): Promise<Result> {
  const variables = Object.assign({}, ...Object.values(running).map((backend) => backend.env));
  return new Promise((resolve) => {
    const child = execFile(
      process.execPath,
      [kinkoFile, ...argv],
      {
        cwd: folder,
        env: { PATH: process.env["PATH"], HOME: folder, ...(variables as object), ...env },
      },
      (error, stdout, stderr) => {
        resolve({ code: typeof error?.code === "number" ? error.code : 0, stdout, stderr });
      },
    );
    child.stdin?.end("s3cret value");
  });
}

describe.each(stores)("kinko --store %s", (store) => {
  test("set, list, get, versions and rm do the same as on every other", async () => {
    const on = (...argv: readonly string[]): Promise<Result> => kinko(["--store", store, ...argv]);
    expect(await on("set", "cli/app/db")).toMatchObject({ code: 0 });
    expect(await on("set", "cli/other")).toMatchObject({ code: 0 });
    const listed = await on("list", "cli", "--plain");
    expect(listed).toMatchObject({ code: 0, stderr: "" });
    expect(listed.stdout).toContain("cli/app/db");
    expect(listed.stdout).toContain("cli/other");
    const read = await on("get", "cli/app/db", "--plain", "--reveal");
    expect(read).toMatchObject({ code: 0, stderr: "" });
    expect(read.stdout).toContain("s3cret value");
    const masked = await on("get", "cli/app/db");
    expect(masked.code).toBe(0);
    expect(masked.stdout + masked.stderr).not.toContain("s3cret");
    const versions = await on("versions", "cli/app/db", "--json");
    expect(JSON.parse(versions.stdout)).toMatchObject([{ current: true }]);
    for (const name of ["cli/app/db", "cli/other"]) {
      expect(await on("rm", name, "--purge", "--yes")).toMatchObject({ code: 0 });
    }
    const gone = await on("get", "cli/app/db");
    expect(gone).toMatchObject({ code: (await kinko(["get", "cli/nothing"])).code, stdout: "" });
    expect(gone.stderr).toContain("code: NotFound");
  });

  test("doctor finds nothing wrong", async () => {
    const { code, stdout } = await kinko(["--store", store, "doctor", "--json"]);
    const { ok, findings } = JSON.parse(stdout) as {
      readonly ok: boolean;
      readonly findings: readonly { readonly status: string; readonly check: string }[];
    };
    expect(findings.filter(({ status }) => status === "problem")).toEqual([]);
    expect({ ok, code }).toEqual({ ok: true, code: 0 });
    expect(findings.map(({ check }) => check)).toContain(`${store}: access`);
  });
});

test.each([
  ["vault", { VAULT_TOKEN: "hvs.nobody" }, ["vault: access: token-rejected"]],
  [
    "azure",
    { AZURE_TOKEN: "bm9ib2R5" },
    ["azure: credentials: token-rejected", "azure: health: Unauthenticated"],
  ],
  [
    "gcp",
    { GOOGLE_TOKEN: "nobody" },
    ["gcp: credentials: token-rejected", "gcp: health: Unauthenticated"],
  ],
  [
    "aws",
    { AWS_ENDPOINT_URL: "http://127.0.0.1:1" },
    ["aws: endpoint: connection-refused", "aws: health: Unavailable"],
  ],
  [
    "azure",
    { AZURE_KEYVAULT_URL: "https://127.0.0.1:1" },
    ["azure: endpoint: connection-refused", "azure: health: Unavailable"],
  ],
  [
    "gcp",
    { KINKO_GCP_PROJECT: "another-project" },
    ["gcp: project: project-not-usable", "gcp: health: Config"],
  ],
])("doctor tells what is wrong with %s under %j", async (store, env, expected) => {
  const { code, stdout } = await kinko(["--store", store, "doctor", "--json"], env);
  const { findings } = JSON.parse(stdout) as {
    readonly findings: readonly {
      readonly check: string;
      readonly status: string;
      readonly reason?: string;
      readonly fix?: string;
    }[];
  };
  const wrong = findings.filter(({ status }) => status !== "ok");
  expect(wrong.map(({ check, reason }) => `${check}: ${reason}`)).toEqual(expected);
  expect(wrong[0]?.fix).toMatch(/\S/u);
  expect(code).toBe(1);
});
