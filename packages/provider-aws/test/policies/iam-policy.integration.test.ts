import { randomBytes } from "node:crypto";
import { defineAccess } from "@kinko/core/access";
import { realMoto } from "@kinko/servers/vitest";
import { expect, test } from "vitest";
import { iamPolicyFor } from "../../src/policies/index.js";

const { address } = realMoto();
const { fetch: send } = globalThis;

/** Asks for a managed policy; moto checks its document against IAM's grammar. */
async function createPolicy(document: unknown): Promise<{ status: number; text: string }> {
  const answer = await send(address, {
    method: "POST",
    headers: {
      // moto reads the service out of it, and checks no signature.
      Authorization:
        "AWS4-HMAC-SHA256 Credential=test/20260101/us-east-1/iam/aws4_request, SignedHeaders=host, Signature=0",
    },
    body: new URLSearchParams({
      Action: "CreatePolicy",
      Version: "2010-05-08",
      PolicyName: `kinko-${randomBytes(6).toString("hex")}`,
      PolicyDocument: JSON.stringify(document),
    }),
  });
  return { status: answer.status, text: await answer.text() };
}

const { document } = iamPolicyFor(
  defineAccess({
    application: "payments",
    access: [
      { secret: "prod/payments/db#password" },
      {
        secret: { path: ["prod", "o'neil & co", 'a "quoted" {name}*'] },
        operations: ["get", "put"],
      },
      {
        secret: "prod/payments/old",
        operations: ["delete", "undelete", "purge", "tags", "versions"],
      },
      { folder: "prod/payments/keys", operations: ["get", "list", "patch"] },
    ],
  }),
  {
    region: "eu-central-1",
    accountId: "123456789012",
    kmsKeyArn: "arn:aws:kms:eu-central-1:123456789012:key/0aa1b2c3-0000-0000-0000-000000000000",
  },
);

test("IAM as moto has it takes a policy with every operation", async () => {
  const { status, text } = await createPolicy(document);
  expect({ status, text }).toMatchObject({
    status: 200,
    text: expect.stringContaining("<CreatePolicyResponse") as string,
  });
});

test.each<[string, unknown]>([
  ["a Sid twice", { ...document, Statement: [document.Statement[0], document.Statement[0]] }],
  ["no action", { ...document, Statement: [{ ...document.Statement[0], Action: undefined }] }],
  ["another element", { ...document, Statement: [{ ...document.Statement[0], Actions: [] }] }],
])("and refuses one with %s", async (_title, wrong) => {
  const { status, text } = await createPolicy(wrong);
  expect([status, text.includes("MalformedPolicyDocument")]).toEqual([400, true]);
});
