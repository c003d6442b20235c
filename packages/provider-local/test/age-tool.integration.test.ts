import { execFile } from "node:child_process";
import { chmod, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { Secret } from "@kinko/core";
import { ensureDebianPackages } from "@kinko/servers";
import { addRecipient } from "@kinko/provider-local/admin";
import { createCanary } from "@kinko/testing";
import { afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { failureOf } from "./failure.js";
import { createTestStore, type TestStore } from "./store-harness.js";

const run = promisify(execFile);

interface Document {
  readonly format: string;
  readonly secrets: Readonly<
    Record<string, { readonly versions: readonly { readonly value: unknown }[] }>
  >;
}

let local: TestStore;
beforeAll(() => ensureDebianPackages(["age"]));
beforeEach(async () => {
  local = await createTestStore();
});
afterEach(() => local.remove());

/** What `age -d` prints. */
async function ageDecrypt(identity: string, file: string): Promise<string> {
  return (await run("age", ["-d", "-i", identity, file])).stdout;
}

describe("Debian's age", () => {
  test("opens the store and prints its document, every kind of value in it", async () => {
    const store = local.store();
    const canary = createCanary();
    await store.put("prod/text", `${canary.value}\nline`);
    await store.put("prod/json", Secret.json({ user: "ada", deep: [1, { a: null }] }));
    await store.put("prod/binary", Buffer.from([0, 255, 10]));
    await store.put("prod/text", "second");
    const document = JSON.parse(await ageDecrypt(local.identity, local.file)) as Document;
    expect(document.format).toBe("kinko-store");
    const values = (name: string): unknown[] =>
      document.secrets[name]?.versions.map(({ value }) => value) ?? [];
    expect(values("prod/text")).toEqual([`${canary.value}\nline`, "second"]);
    expect(values("prod/json")).toEqual([{ user: "ada", deep: [1, { a: null }] }]);
    expect(values("prod/binary")).toEqual(["AP8K"]);
  });

  test("makes stores that Kinko opens, also after the document was edited by hand", async () => {
    await local.store().put("a", "before");
    const text = await ageDecrypt(local.identity, local.file);
    const pretty = JSON.stringify(JSON.parse(text), null, 2).replace("before", "by hand");
    const plain = join(local.directory, "document.json");
    await writeFile(plain, pretty);
    await run("age", ["-e", "-r", local.created.recipient, "-o", local.file, plain]);
    const store = local.store();
    expect((await store.get("a")).text()).toBe("by hand");
    await store.put("b", "next");
    expect(await ageDecrypt(local.identity, local.file)).toContain('"b":{"state":"enabled"');
  });

  test("makes identities that Kinko uses, and each of two recipients can open the store", async () => {
    const identity = join(local.directory, "keygen.txt");
    const { stderr } = await run("age-keygen", ["-o", identity]);
    await chmod(identity, 0o600);
    const recipient = /age1\w+/u.exec(stderr)?.[0] as string;
    await local.store().put("a", "shared");
    expect((await failureOf(local.store({ identity }).get("a"))).reason).toBe("wrong-key");
    await addRecipient(recipient, { directory: local.directory, env: local.env });
    expect((await local.store({ identity }).get("a")).text()).toBe("shared");
    for (const each of [identity, local.identity]) {
      expect(await ageDecrypt(each, local.file)).toContain('"shared"');
    }
  });

  test("opens an identity that Kinko protected with a passphrase, and the other way round", async () => {
    const passphrase = "correct horse battery staple";
    const { initLocalStore } = await import("@kinko/provider-local/admin");
    const options = { file: "second.age", identity: "second.txt" };
    await initLocalStore({
      ...options,
      directory: local.directory,
      env: local.env,
      passphrase: Secret.text(passphrase),
    });
    const [ours, theirs] = [
      join(local.directory, "second.txt"),
      join(local.directory, "third.txt"),
    ];
    const opened = join(local.directory, "opened.txt");
    // age asks a terminal for passphrases, never standard input; script(1) is one.
    await withTerminal(`age -d -o ${opened} ${ours}`, [passphrase]);
    expect(await readFile(opened, "utf8")).toContain("AGE-SECRET-KEY-1");
    await withTerminal(`age -p -o ${theirs} ${opened}`, [passphrase, passphrase]);
    await chmod(theirs, 0o600);
    local.env["KINKO_PASSPHRASE"] = passphrase;
    const store = local.store({ ...options, identity: theirs });
    await store.put("a", "1");
    expect((await store.get("a")).text()).toBe("1");
  });
});

/** Runs a command on a terminal of its own, and types the lines. */
async function withTerminal(command: string, lines: readonly string[]): Promise<void> {
  const child = execFile("script", ["-qec", command, "/dev/null"]);
  let output = "";
  let typed = 0;
  child.stdout?.on("data", (text: string) => {
    output += text;
    const prompts = output.split("passphrase").length - 1;
    while (typed < lines.length && typed < prompts) {
      child.stdin?.write(`${lines[typed]}\n`);
      typed += 1;
    }
  });
  const code = await new Promise<number | null>((resolve) => child.on("close", resolve));
  if (code !== 0) throw new Error(`${command.split(" ")[0]} failed with ${code}: ${output}`);
}
