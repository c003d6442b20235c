import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { createCanary, expectClean } from "@kinko/testing";
import { describe, expect, test } from "vitest";
import { command } from "../../src/commands/vault/db/config.js";
import { parseArguments, type ParsedInput } from "../../src/input/parse-arguments.js";
import { processIo } from "../../src/io.js";
import { pluginOptionsOf } from "../../src/vault/plugin-options.js";
import { withCli } from "../support/with-cli.js";

const cli = withCli();
const canary = createCanary();
const write = "vault db config write shop --plugin p --allowed-role a".split(" ");

function given(...options: readonly string[]): Promise<ParsedInput> {
  const argv = ["write", "shop", "--plugin", "p"];
  return parseArguments(command.spec, [...argv, ...options.flatMap((text) => ["--option", text])]);
}

async function optionsOf(...options: readonly string[]): Promise<Readonly<Record<string, string>>> {
  return pluginOptionsOf({ ...processIo(), cwd: cli.directory }, await given(...options));
}

describe("kinko vault db config --option", () => {
  test.each([
    "private_key",
    "tls_certificate_key",
    "service_account_json",
    "client_secret",
    "auth_token",
    "sentinel_password",
    "pem_bundle",
    "Private_Key",
  ])("refuses the value of %s as an argument, and does not repeat it", async (name) => {
    const refused = await cli.run([...write, "--option", `${name}=${canary.value}`]);
    expect(refused.code).toBe(2);
    expect(refused.stderr).toContain("(secret-argument)");
    expect(refused.stderr).toContain("NAME=@FILE");
    expectClean(refused.stderr, canary);
  });

  test("takes it from a file, without the line end", async () => {
    await writeFile(join(cli.directory, "key.pem"), `-----BEGIN\n${canary.value}\n`);
    expect(await optionsOf("private_key=@key.pem", "connection_url=h=1")).toEqual({
      private_key: `-----BEGIN\n${canary.value}`,
      connection_url: "h=1",
    });
  });

  test("takes what is no secret, and an empty value, as it stands", async () => {
    expect(
      await optionsOf("tls=true", "password_authentication=scram-sha-256", "private_key="),
    ).toEqual({ tls: "true", password_authentication: "scram-sha-256", private_key: "" });
  });

  test("names a file that is not there, or is empty", async () => {
    const missing = await cli.run([...write, "--option", "private_key=@nowhere.pem"]);
    expect(missing.code).toBe(28);
    expect(missing.stderr).toContain("nowhere.pem");
    await writeFile(join(cli.directory, "empty"), "\n");
    const empty = await cli.run([...write, "--option", "private_key=@empty"]);
    expect(empty.code).toBe(2);
    expect(empty.stderr).toContain("(empty-value)");
  });

  test("wants a pair", async () => {
    for (const text of ["private_key", "=x"]) {
      const refused = await cli.run([...write, "--option", text]);
      expect(refused.stderr).toContain("(invalid-option-value)");
    }
  });
});
