import { describe, expect, test } from "vitest";
import { provider } from "@kinko/provider-local";

const validate = async (options: unknown): Promise<readonly string[]> => {
  const result = await provider.options["~standard"].validate(options);
  return (result.issues ?? []).map(({ path }) =>
    (path ?? []).map((part) => String(typeof part === "object" ? part.key : part)).join("."),
  );
};

describe("options", () => {
  test("may all be left out", async () => {
    expect(await validate({})).toEqual([]);
  });

  test("are all accepted together", async () => {
    const options = {
      file: "store.age",
      identity: "~/identity.txt",
      recipients: ["age1ths6tgzdnvkmslejadrcsr4h6zzclkgpfs2p3nqar3kcfux8wpeslyrhta"],
      recipientsFile: "team.txt",
      passphraseEnv: "PASSPHRASE",
      passphraseFile: "/run/secrets/passphrase",
      maxVersions: 1,
      lockTimeoutMs: 0,
    };
    expect(await validate(options)).toEqual([]);
  });

  test.each([
    ["an unknown one", { path: "store.age" }, "path"],
    ["an empty path", { file: "" }, "file"],
    ["a secret key among the recipients", { recipients: ["AGE-SECRET-KEY-1QQQ"] }, "recipients.0"],
    ["an ssh key among the recipients", { recipients: ["ssh-ed25519 AAAA"] }, "recipients.0"],
    ["no version at all", { maxVersions: 0 }, "maxVersions"],
    ["half a version", { maxVersions: 1.5 }, "maxVersions"],
    ["a negative wait", { lockTimeoutMs: -1 }, "lockTimeoutMs"],
    ["a passphrase in place of its variable", { passphraseEnv: "correct horse" }, "passphraseEnv"],
  ])("refuse %s", async (_what, options, path) => {
    expect(await validate(options)).toEqual([path]);
  });
});
