import { chmod, readFile, unlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  addRecipient,
  generateIdentity,
  inspectPermissions,
  readRecipients,
  removeRecipient,
} from "@kinko/provider-local/admin";
import { failureOf } from "./failure.js";
import { createTestStore, type TestStore } from "./store-harness.js";

let local: TestStore;
let colleague: { readonly recipient: string; readonly identity: string };
let recipientsFile: string;
beforeEach(async () => {
  local = await createTestStore();
  await local.store().put("a", "1");
  const { content, recipient } = await generateIdentity();
  const identity = join(local.directory, "colleague.txt");
  await writeFile(identity, content.text(), { mode: 0o600 });
  colleague = { recipient, identity };
  recipientsFile = join(local.directory, ".kinko", "recipients.txt");
});
afterEach(() => local.remove());

const admin = (): { directory: string; env: TestStore["env"] } => ({
  directory: local.directory,
  env: local.env,
});

describe("recipients", () => {
  test("can be added: both then read and write, and neither locks the other out", async () => {
    const theirs = local.store({ identity: colleague.identity });
    expect((await failureOf(theirs.get("a"))).reason).toBe("wrong-key");
    const list = await addRecipient(colleague.recipient, admin());
    expect(list.current).toEqual([local.created.recipient, colleague.recipient]);
    await theirs.put("a", "2");
    expect((await local.store().get("a")).text()).toBe("2");
    await local.store().put("a", "3");
    expect((await theirs.get("a")).text()).toBe("3");
  });

  test("stay as they are when somebody writes without having the list", async () => {
    await addRecipient(colleague.recipient, admin());
    const elsewhere = { identity: colleague.identity };
    await unlink(recipientsFile);
    await local.store(elsewhere).put("a", "2");
    expect((await local.store().get("a")).text()).toBe("2");
    expect(await readRecipients(admin())).toEqual({
      own: local.created.recipient,
      current: [colleague.recipient, local.created.recipient],
      source: "store",
    });
  });

  test("can be removed, who then cannot open what is written", async () => {
    await addRecipient(colleague.recipient, admin());
    const list = await removeRecipient(colleague.recipient, admin());
    expect(list).toEqual({
      own: local.created.recipient,
      current: [local.created.recipient],
      source: "file",
    });
    const theirs = local.store({ identity: colleague.identity });
    expect((await failureOf(theirs.get("a"))).reason).toBe("wrong-key");
  });

  test("are not added twice, and neither a stranger nor oneself can be removed", async () => {
    await addRecipient(colleague.recipient, admin());
    const again = await addRecipient(colleague.recipient, admin());
    expect(again.current).toHaveLength(2);
    const stranger = (await generateIdentity()).recipient;
    expect((await failureOf(removeRecipient(stranger, admin()))).reason).toBe("unknown-recipient");
    const own = failureOf(removeRecipient(local.created.recipient, admin()));
    expect((await own).reason).toBe("own-recipient");
  });

  test("of the config are used, and are not changed by a command", async () => {
    const options = { recipients: [colleague.recipient] };
    await local.store(options).put("a", "2");
    expect((await local.store({ identity: colleague.identity }).get("a")).text()).toBe("2");
    const list = await readRecipients({ ...admin(), ...options });
    expect(list.source).toBe("config");
    const adding = addRecipient(colleague.recipient, { ...admin(), ...options });
    expect((await failureOf(adding)).reason).toBe("recipients-in-config");
  });

  test("come from the recipients file, with comments, when a write begins", async () => {
    await writeFile(recipientsFile, `# team\n\n${colleague.recipient} # colleague\r\n`, {
      mode: 0o644,
    });
    await local.store().put("a", "2");
    expect((await local.store({ identity: colleague.identity }).get("a")).text()).toBe("2");
  });

  test("that are not public keys stop a write, with the line, and change nothing", async () => {
    const before = await readFile(local.file);
    for (const line of ["age1short", "ssh-ed25519 AAAA", colleague.recipient.replace(/.$/u, "b")]) {
      await writeFile(recipientsFile, `# one\n${line}\n`, { mode: 0o644 });
      const error = await failureOf(local.store().put("a", "2"));
      expect(error).toMatchObject({ code: "Config", reason: "invalid-recipient" });
      expect(error.message).not.toContain(line);
    }
    await writeFile(recipientsFile, "# one\nnonsense\n");
    const error = await failureOf(local.store().put("a", "2"));
    expect(error.message).toContain("recipients.txt:2");
    expect(await failureOf(addRecipient("age1x", admin()))).toMatchObject({
      reason: "invalid-recipient",
    });
    expect(await readFile(local.file)).toEqual(before);
  });

  test("from a file that others can write are not used", async () => {
    await writeFile(recipientsFile, `${colleague.recipient}\n`);
    await chmod(recipientsFile, 0o666);
    const error = await failureOf(local.store().put("a", "2"));
    expect(error).toMatchObject({ code: "Config", reason: "insecure-recipients" });
    const findings = await inspectPermissions(admin());
    expect(findings.map(({ subject, ok, reason }) => ({ subject, ok, reason }))).toEqual([
      { subject: "store", ok: true, reason: undefined },
      { subject: "identity", ok: true, reason: undefined },
      { subject: "recipients", ok: false, reason: "insecure-recipients" },
    ]);
  });

  test("are required where the config names a file for them", async () => {
    const error = await failureOf(local.store({ recipientsFile: "team.txt" }).put("a", "2"));
    expect(error).toMatchObject({ code: "Config", reason: "recipients-missing" });
  });
});
