import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { isAllowed, thirdPartyNotice } from "../../lib/licences.mjs";

describe("isAllowed", () => {
  it.each(["MIT", "ISC", "(MIT OR GPL-3.0-only)", "MIT AND ISC", "BlueOak-1.0.0"])(
    "accepts %s",
    (expression) => {
      expect(isAllowed(expression)).toBe(true);
    },
  );

  it.each([
    "GPL-3.0-only",
    "none declared",
    "MIT AND GPL-3.0-only",
    "GPL-3.0-only AND (MIT OR ISC)",
  ])("refuses %s", (expression) => {
    expect(isAllowed(expression)).toBe(false);
  });
});

describe("thirdPartyNotice", () => {
  const folder = mkdtempSync(join(tmpdir(), "kinko-licences-"));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Installs a package below the folder and gives the path of its only module. */
  const install = (name: string, license: unknown, text?: string) => {
    const directory = join(folder, "node_modules", name);
    mkdirSync(join(directory, "lib"), { recursive: true });
    writeFileSync(
      join(directory, "package.json"),
      JSON.stringify({ name, version: "1.2.3", license }),
    );
    if (text !== undefined) writeFileSync(join(directory, "LICENSE"), text);
    return join(directory, "lib", "index.js");
  };

  it("names each bundled package once, with version, licence and its text", () => {
    const scoped = install("@scope/one", "MIT", "Text of one\n");
    const plain = install("two", { type: "ISC" }, "Text of two\n");
    const notice = thirdPartyNotice("@kinko/some", [
      plain,
      scoped,
      scoped,
      join(folder, "src/own.ts"),
    ]);
    expect(notice).toContain("@scope/one@1.2.3 (MIT)\n\nText of one");
    expect(notice).toContain("two@1.2.3 (ISC)\n\nText of two");
    expect(notice?.match(/Text of one/g)).toHaveLength(1);
  });

  it("is absent when only own modules are bundled", () => {
    expect(thirdPartyNotice("@kinko/some", [join(folder, "src/own.ts")])).toBeUndefined();
  });

  it("fails for a licence that is not on the list, naming both packages", () => {
    const path = install("copyleft", "GPL-3.0-only", "Text");
    expect(() => thirdPartyNotice("@kinko/some", [path])).toThrow(
      /^@kinko\/some: would bundle copyleft@1\.2\.3 \(GPL-3\.0-only\)/,
    );
  });

  it("fails when the licence text is missing, as it could not be passed on", () => {
    const path = install("textless", "MIT");
    expect(() => thirdPartyNotice("@kinko/some", [path])).toThrow(/ships no licence text/);
  });
});
