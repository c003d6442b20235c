import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { formatPath } from "../../src/refs/format-ref.js";
import {
  accessOperations,
  compareAccess,
  defineAccess,
  readAccessManifest,
  type AccessEntry,
  type AccessManifest,
} from "../../src/access/index.js";
import { folder } from "../support/folder.js";

function lines({ grants }: Pick<AccessManifest, "grants">): string[] {
  return grants.map(
    ({ kind, path, operations }) => `${kind} ${formatPath(path)}: ${operations.join(" ")}`,
  );
}

function manifest(...access: readonly AccessEntry[]): AccessManifest {
  return defineAccess({ application: "payments", access });
}

describe("a manifest", () => {
  test("is sorted, each path once, with get where nothing else is said", () => {
    expect(
      lines(
        manifest(
          { secret: "prod/b", operations: ["put", "get", "put"] },
          { folder: "prod/a/", operations: ["list"] },
          { secret: "prod/b#password@3", operations: ["delete"] },
          { secret: "prod/a" },
          { folder: "" },
        ),
      ),
    ).toEqual([
      "folder : get",
      "folder prod/a: list",
      "secret prod/a: get",
      "secret prod/b: get put delete",
    ]);
  });

  test.each<[string, unknown, string]>([
    ["no application", { access: [{ secret: "a" }] }, "application"],
    [
      "an application with a slash",
      { application: "a/b", access: [{ secret: "a" }] },
      "application",
    ],
    ["an application too long", { application: "a".repeat(65), access: [] }, "application"],
    ["nothing", { application: "a", access: [] }, "access"],
    ["no list", { application: "a", access: { secret: "a" } }, "access"],
    [
      "an entry of both kinds",
      { application: "a", access: [{ secret: "a", folder: "b" }] },
      "access.0",
    ],
    ["an entry of none", { application: "a", access: [{ secret: "a" }, {}] }, "access.1"],
    ["an entry that is a text", { application: "a", access: ["a"] }, "access.0"],
    ["no operation", { application: "a", access: [{ secret: "a", operations: [] }] }, "access.0"],
    [
      "an unknown operation",
      { application: "a", access: [{ secret: "a", operations: ["constructor"] }] },
      "access.0",
    ],
    [
      "a secret that is listed",
      { application: "a", access: [{ secret: "a", operations: ["list"] }] },
      "access.0",
    ],
  ])("with %s is refused", (_title, input, field) => {
    expect(() => defineAccess(input as never)).toThrow(
      expect.objectContaining({ code: "InvalidValue", reason: "invalid-manifest", field }),
    );
  });

  test.each(["", "a/../b", "a//b", "a\nb", "%2e%2e/a"])("refuses the reference %j", (secret) => {
    expect(() => manifest({ secret })).toThrow(expect.objectContaining({ code: "InvalidRef" }));
  });
});

describe("a file", () => {
  async function read(name: string, text: string): Promise<AccessManifest> {
    return readAccessManifest(join(await folder({ [name]: text }), name));
  }

  test("of YAML, JSON or TOML gives the same manifest", async () => {
    const yaml = await read(
      "access.yaml",
      "application: payments\naccess:\n  - secret: prod/db#password\n  - folder: prod/keys\n    operations: [get, list]\n",
    );
    const json = await read(
      "access.json",
      JSON.stringify({
        application: "payments",
        access: [{ secret: "prod/db" }, { folder: "prod/keys", operations: ["list", "get"] }],
      }),
    );
    const toml = await read(
      "access.toml",
      'application = "payments"\n[[access]]\nsecret = "prod/db"\n[[access]]\nfolder = "prod/keys"\noperations = ["get", "list"]\n',
    );
    expect(lines(yaml)).toEqual(["secret prod/db: get", "folder prod/keys: get list"]);
    expect([json, toml]).toEqual([yaml, yaml]);
  });

  test.each<[string, string, RegExp]>([
    [
      "an unknown key",
      "application: a\naccess:\n  - secrets: a\n",
      /access\.yaml:3:5: unknown option "access\.0\.secrets"\. Did you mean/u,
    ],
    [
      "an unknown operation",
      "application: a\naccess:\n  - secret: a\n    operations: [read]\n",
      /access\.yaml:4:18/u,
    ],
    [
      "a reference that is none",
      "application: a\naccess:\n  - secret: a/../b\n",
      /access\.yaml:3:5: "access\.0\.secret" must be a reference/u,
    ],
    [
      "no entries",
      "application: a\naccess: []\n",
      /access\.yaml:2:1: "access" must name a secret/u,
    ],
  ])("with %s says where", async (_title, text, message) => {
    await expect(read("access.yaml", text)).rejects.toMatchObject({
      code: "Config",
      message: expect.stringMatching(message) as string,
    });
  });
});

describe("what is declared and what is used", () => {
  test("differ by what is missing and what is unused", () => {
    const declared = manifest(
      { folder: "prod/app", operations: ["get", "list"] },
      { secret: "prod/shared/tls", operations: ["get", "put"] },
      { secret: "prod/old" },
    );
    const used = manifest(
      { secret: "prod/app/db" },
      { secret: "prod/shared/tls" },
      { secret: "prod/other", operations: ["get", "put"] },
    );
    const { missing, unused } = compareAccess(declared, used);
    expect(lines({ grants: missing })).toEqual(["secret prod/other: get put"]);
    expect(lines({ grants: unused })).toEqual([
      "folder prod/app: list",
      "secret prod/old: get",
      "secret prod/shared/tls: put",
    ]);
  });

  test("a folder is not below a secret, nor beside a name that begins alike", () => {
    const { missing } = compareAccess(
      manifest({ folder: "prod/app" }),
      manifest({ secret: "prod/app" }, { secret: "prod/app2" }, { folder: "prod" }),
    );
    expect(lines({ grants: missing })).toEqual([
      "folder prod: get",
      "secret prod/app: get",
      "secret prod/app2: get",
    ]);
  });

  const segment = fc.constantFrom("a", "b", "c%", "+", "é");
  const path = fc.array(segment, { minLength: 1, maxLength: 3 });
  const entry: fc.Arbitrary<AccessEntry> = fc.oneof(
    fc.record({
      secret: path.map((segments) => ({ path: segments })),
      operations: fc.subarray(["get", "put", "delete"] as const, { minLength: 1 }),
    }),
    fc.record({ folder: path, operations: fc.subarray([...accessOperations], { minLength: 1 }) }),
  );
  const manifests = fc
    .array(entry, { minLength: 1, maxLength: 5 })
    .map((access) => manifest(...access));

  test("nothing is missing or unused against itself, and all is against nothing", () => {
    fc.assert(
      fc.property(manifests, (one) => {
        expect(compareAccess(one, one)).toEqual({ missing: [], unused: [] });
        expect(compareAccess({ grants: [] }, one).missing).toEqual(one.grants);
        expect(compareAccess(one, { grants: [] }).unused).toEqual(one.grants);
      }),
    );
  });

  test("what is missing, once declared, is missing no more", () => {
    fc.assert(
      fc.property(manifests, manifests, (declared, used) => {
        const { missing } = compareAccess(declared, used);
        const grants = [...declared.grants, ...missing];
        expect(compareAccess({ grants }, used).missing).toEqual([]);
      }),
    );
  });

  test("a manifest of any entries is read again from what it says", () => {
    fc.assert(
      fc.property(manifests, ({ application, grants }) => {
        const access = grants.map(({ kind, path: segments, operations }): AccessEntry =>
          kind === "secret"
            ? { secret: { path: segments }, operations }
            : { folder: segments, operations },
        );
        expect(defineAccess({ application, access }).grants).toEqual(grants);
      }),
    );
  });
});
