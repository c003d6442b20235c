import { randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { identifyProcess, isRunning } from "../watchdog/identity.mjs";
import { ServerUnavailableError } from "../src/errors.js";
import { externalMoto } from "../src/moto/external.js";
import { startMoto } from "../src/moto/start.js";
import { realMoto } from "../src/vitest/index.js";

const moto = realMoto();

interface Answer {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

async function call(operation: string, input: Record<string, unknown>): Promise<Answer> {
  const response = await fetch(moto.address, {
    method: "POST",
    body: JSON.stringify(input),
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `secretsmanager.${operation}`,
      authorization:
        "AWS4-HMAC-SHA256 Credential=test/20260101/eu-central-1/secretsmanager/aws4_request, SignedHeaders=host, Signature=0",
    },
  });
  return { status: response.status, body: (await response.json()) as Answer["body"] };
}

function ownName(): string {
  return `servers-test/${randomBytes(6).toString("hex")}`;
}

/** What AWS takes as the id of a version. */
function versionId(number: number): string {
  return String(number).padStart(32, "0");
}

describe("the shared moto", () => {
  test("keeps a secret", async () => {
    const name = ownName();
    await call("CreateSecret", { Name: name, SecretString: "kept" });
    const { body } = await call("GetSecretValue", { SecretId: name });
    expect(body).toMatchObject({ Name: name, SecretString: "kept", VersionStages: ["AWSCURRENT"] });
  });

  test("refuses to write to a secret that is scheduled for deletion, as AWS does", async () => {
    const name = ownName();
    await call("CreateSecret", { Name: name, SecretString: "old" });
    await call("DeleteSecret", { SecretId: name });
    const { status, body } = await call("PutSecretValue", { SecretId: name, SecretString: "new" });
    expect(status).toBe(400);
    expect(body["__type"]).toContain("InvalidRequestException");
  });

  test("takes the version that AWSCURRENT was moved to for the current one, as AWS does", async () => {
    const name = ownName();
    const [first, second, third] = [versionId(1), versionId(2), versionId(3)];
    const put = (token: string, stage: string): Promise<Answer> =>
      call("PutSecretValue", {
        SecretId: name,
        SecretString: token,
        ClientRequestToken: token,
        VersionStages: [stage],
      });
    await call("CreateSecret", { Name: name, SecretString: "1", ClientRequestToken: first });
    await put(second, "staged");
    const move = { SecretId: name, VersionStage: "AWSCURRENT", RemoveFromVersionId: first };
    await call("UpdateSecretVersionStage", { ...move, MoveToVersionId: second });
    expect((await call("GetSecretValue", { SecretId: name })).body["VersionId"]).toBe(second);
    const again = await call("UpdateSecretVersionStage", { ...move, MoveToVersionId: second });
    expect(again.status).toBe(400);

    await put(third, "AWSCURRENT");
    const { body } = await call("DescribeSecret", { SecretId: name });
    expect(body["VersionIdsToStages"]).toMatchObject({
      [second]: ["AWSPREVIOUS"],
      [third]: ["AWSCURRENT"],
    });
  });

  test("loses none of many writes at the same time", async () => {
    const name = ownName();
    await call("CreateSecret", { Name: name, SecretString: "0" });
    const numbers = Array.from({ length: 30 }, (_, index) => index);
    const answers = await Promise.all(
      numbers.map((n) => call("PutSecretValue", { SecretId: name, SecretString: `${n}` })),
    );
    expect(answers.map(({ status }) => status)).toEqual(numbers.map(() => 200));
    const { body } = await call("ListSecretVersionIds", { SecretId: name });
    expect(body["Versions"]).toHaveLength(31);
  });
});

test("stopping a moto leaves neither process nor folder", async () => {
  const own = await startMoto();
  const identity = identifyProcess(own.pid ?? 0);
  if (identity === undefined) throw new Error("moto has no process.");
  expect(isRunning(identity)).toBe(true);
  await own.stop();
  expect(isRunning(identity)).toBe(false);
  expect(existsSync(dirname(own.logFile))).toBe(false);
});

test("a moto from the environment is used when it answers, and named when it does not", async () => {
  expect(await externalMoto({})).toBeUndefined();
  expect(await externalMoto({ KINKO_TEST_MOTO_URL: moto.address })).toEqual(moto);
  const dead = externalMoto({ KINKO_TEST_MOTO_URL: "http://127.0.0.1:1" });
  await expect(dead).rejects.toThrow(ServerUnavailableError);
  const wrong = externalMoto({ KINKO_TEST_MOTO_URL: "nonsense" });
  await expect(wrong).rejects.toThrow(/KINKO_TEST_MOTO_URL/);
});
