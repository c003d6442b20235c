import { randomBytes } from "node:crypto";
import { realVault } from "@kinko/servers/vitest";
import { expect, onTestFinished, test } from "vitest";
import { tryParsePolicy } from "../../src/policies/index.js";
import { corpus } from "./corpus.js";
import { seedOf } from "./seed.js";

const vault = realVault();
const name = `corpus-${randomBytes(4).toString("hex")}`;

/** Whether Vault takes it. Some texts crash Vault's parser: it closes the connection without an answer. */
async function isAccepted(text: string): Promise<boolean> {
  // Vault decodes what looks like base64 first; encoded, each text arrives as it is.
  const policy = Buffer.from(text).toString("base64");
  try {
    const { status } = await vault.request("PUT", `sys/policies/acl/${name}`, { policy });
    return status === 204;
  } catch {
    return false;
  }
}

test(
  "a policy is accepted here if and only if Vault accepts it",
  { timeout: 120_000 },
  async () => {
    onTestFinished(async () => {
      await vault.request("DELETE", `sys/policies/acl/${name}`);
    });
    let valid = 0;
    let invalid = 0;
    const different: string[] = [];
    for (const text of corpus(seedOf("corpus"))) {
      const accepted = await isAccepted(text);
      const parsed = tryParsePolicy(text);
      if (accepted) valid += 1;
      else invalid += 1;
      if ("policy" in parsed !== accepted)
        different.push(`${accepted ? "Vault takes" : "Vault refuses"}: ${JSON.stringify(text)}`);
    }
    expect(different).toEqual([]);
    expect(valid).toBeGreaterThanOrEqual(300);
    expect(invalid).toBeGreaterThanOrEqual(100);
  },
);
