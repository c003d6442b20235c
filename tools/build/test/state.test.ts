import { chmodSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { findPackages, workspaceRoot } from "../../lib/workspace.mjs";
import { hashFiles, isUnchanged, writeAtomically } from "../state.mjs";

const folder = mkdtempSync(join(tmpdir(), "kinko-state-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe("isUnchanged", () => {
  const path = join(folder, "input.ts");

  it("holds as long as every file has the content it was hashed with", () => {
    writeFileSync(path, "one");
    const hashes = hashFiles([path]);
    writeFileSync(path, "one");
    expect(isUnchanged(hashes)).toBe(true);
    writeFileSync(path, "two");
    expect(isUnchanged(hashes)).toBe(false);
  });

  it("notices a file that is gone, and one that has come", () => {
    writeFileSync(path, "one");
    const present = hashFiles([path]);
    rmSync(path);
    expect(isUnchanged(present)).toBe(false);
    const absent = hashFiles([path]);
    writeFileSync(path, "one");
    expect(isUnchanged(absent)).toBe(false);
  });
});

describe("writeAtomically", () => {
  it("creates folders and sets the mode", () => {
    const path = join(folder, "a", "b", "command.js");
    writeAtomically(path, "text", 0o755);
    expect(readFileSync(path, "utf8")).toBe("text");
    expect(statSync(path).mode & 0o777).toBe(0o755);
  });

  it("leaves a file alone that is already as wanted, and corrects a wrong mode", () => {
    const path = join(folder, "same.js");
    writeAtomically(path, "text", 0o644);
    const before = statSync(path);
    writeAtomically(path, "text", 0o644);
    expect(statSync(path).ino).toBe(before.ino);
    chmodSync(path, 0o600);
    writeAtomically(path, "text", 0o644);
    expect(statSync(path).mode & 0o777).toBe(0o644);
  });
});

describe("findPackages", () => {
  it("finds the packages of every pattern in pnpm-workspace.yaml", () => {
    const names = findPackages().map(({ name }) => name);
    expect(names).toEqual(
      expect.arrayContaining(["@kinko/core", "@kinko/cli", "@kinko/servers", "@kinko/bench"]),
    );
    expect(new Set(names).size).toBe(names.length);
  });

  it("reads another workspace's own list", () => {
    const root = mkdtempSync(join(folder, "workspace-"));
    writeFileSync(
      join(root, "pnpm-workspace.yaml"),
      'packages:\n  - "one"\n  - two\n\ncatalog:\n  three: 1.0.0\n',
    );
    writeAtomically(join(root, "one", "package.json"), '{ "name": "one" }', 0o644);
    writeAtomically(join(root, "three", "package.json"), '{ "name": "three" }', 0o644);
    expect(findPackages(root).map(({ name }) => name)).toEqual(["one"]);
    expect(root.startsWith(workspaceRoot)).toBe(false);
  });
});
