import { createCanary } from "@kinko/testing";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { checkStatements } from "../../src/database/check-statements.js";
import { scanTemplate } from "../../src/database/sql-template.js";
import { failureOf } from "../failures.js";

const canary = createCanary();
const required = ["name", "password", "expiration"] as const;
const create = `CREATE ROLE "{{name}}" LOGIN PASSWORD '{{password}}' VALID UNTIL '{{expiration}}';`;

function failure(statements: readonly string[], kind = "creationStatements" as const) {
  return failureOf(
    Promise.resolve().then(() => checkStatements(kind, statements, required)),
    canary,
  );
}

describe("taken", () => {
  test.each([
    [
      "the statements of Vault's documentation",
      [create, `GRANT SELECT ON ALL TABLES IN SCHEMA public TO "{{name}}";`],
    ],
    ["the name as a text", [create, `SELECT 1 FROM pg_roles WHERE rolname = '{{name}}'`]],
    ["quotes in quotes", [create, `COMMENT ON ROLE "{{name}}" IS 'it''s -- no comment'`]],
    ["a body in dollar quotes", [create, `DO $$ BEGIN EXECUTE 'GRANT a TO "{{name}}"'; END $$`]],
    ["a tagged body", [create, `DO $body$ BEGIN PERFORM '{{name}}'; END $body$`]],
    ["a comment without a marker", [`/* a /* nested */ "quote */ ${create} -- it's over`]],
    ["a marker with spaces", [create.replace("{{name}}", "{{ name }}")]],
  ])("%s", (_title, statements) => {
    expect(() => checkStatements("creationStatements", statements, required)).not.toThrow();
  });

  test("no expiration, where that is said", () => {
    const statement = `CREATE USER "{{name}}" PASSWORD '{{password}}'`;
    expect(() =>
      checkStatements("creationStatements", [statement], ["name", "password"]),
    ).not.toThrow();
  });
});

describe("refused, with the statement and the position", () => {
  test.each([
    ["name-not-quoted", `DROP ROLE {{name}}`, 11],
    ["name-not-quoted", `DROP ROLE "a" {{name}} "b"`, 15],
    ["name-not-quoted", `DROP ROLE "a_{{name}}_b"`, 14],
    ["name-not-quoted", `SELECT $$ {{name}} $$`, 11],
    ["password-not-quoted", `ALTER ROLE "{{name}}" PASSWORD "{{password}}"`, 33],
    ["password-not-quoted", `ALTER ROLE "{{name}}" PASSWORD {{password}}`, 32],
    ["expiration-not-quoted", `ALTER ROLE "{{name}}" VALID UNTIL {{expiration}}`, 35],
    ["unknown-marker", `GRANT "{{role}}" TO "{{name}}"`, 8],
    ["unknown-marker", `GRANT "{{name}}" TO "{{}}"`, 22],
    ["marker-in-comment", `DROP ROLE a -- "{{name}}"`, 17],
    ["marker-in-comment", `/* "{{name}}" */ SELECT 1`, 5],
    ["quote-not-closed", `DROP ROLE "{{name}}`, 11],
    ["quote-not-closed", `SELECT 1; /* a /* b */`, 11],
    ["quote-not-closed", `DO $a$ BEGIN END $b$`, 4],
  ])("%s: %s", async (reason, statement, position) => {
    const error = await failure([create, statement]);
    expect(error).toMatchObject({ code: "InvalidValue", field: "creationStatements[1]" });
    if (reason === "quote-not-closed" && statement.includes("{{")) {
      // What is in an open quote cannot be judged.
      expect(error.message).toMatch(/statement 2/u);
      return;
    }
    expect(error).toMatchObject({ reason });
    expect(error.message).toContain(`statement 2 of creationStatements, character ${position}`);
  });

  test.each([
    ["no-name", `CREATE ROLE x PASSWORD '{{password}}' VALID UNTIL '{{expiration}}'`],
    ["no-password", `CREATE ROLE "{{name}}" VALID UNTIL '{{expiration}}'`],
    ["no-expiration", `CREATE ROLE "{{name}}" PASSWORD '{{password}}'`],
  ])("%s", async (reason, statement) => {
    expect(await failure([statement])).toMatchObject({ reason, field: "creationStatements" });
  });

  test.each([
    ["empty-statement", " "],
    ["bad-statement", `${create}\0`],
    ["bad-statement", `${create}${" ".repeat(70_000)}`],
    // Vault decodes what is base64 and runs that.
    ["base64-statement", Buffer.from(create.slice(0, 60)).toString("base64")],
  ])("%s", async (reason, statement) => {
    expect(await failure([statement])).toMatchObject({ reason, field: "creationStatements[0]" });
  });

  test("the password in what ends an account, which Vault does not fill in", async () => {
    const error = await failureOf(
      Promise.resolve().then(() => checkStatements("revocationStatements", [create])),
      canary,
    );
    expect(error).toMatchObject({ reason: "unknown-marker", field: "revocationStatements[0]" });
  });

  test("no message quotes a statement", async () => {
    for (const statement of [`SELECT '${canary.value}' {{name}}`, `'${canary.value}`]) {
      await failure([statement]);
    }
  });
});

test("every marker is found, once, however the text around it is quoted", () => {
  const part = fc.constantFrom(
    `"{{name}}"`,
    `'{{password}}'`,
    ` `,
    `a`,
    `$$`,
    `--x\n`,
    `/*y*/`,
    `''`,
    `E'\\''`,
  );
  fc.assert(
    fc.property(fc.array(part, { maxLength: 20 }), (parts) => {
      const statement = parts.join("");
      const { markers, openAt } = scanTemplate(statement);
      const written = statement.split("{{").length - 1;
      if (openAt === undefined) expect(markers).toHaveLength(written);
      for (const { position } of markers) expect(statement.slice(position - 1)).toMatch(/^\{\{/u);
    }),
  );
});
