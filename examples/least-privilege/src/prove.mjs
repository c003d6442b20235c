import { readFile } from "node:fs/promises";
import {
  explain,
  lintPolicy,
  parsePolicyTests,
  readPolicyFolder,
  runPolicyTests,
} from "@kinko/provider-vault/policies";

// All of this is done in process: there is no server yet, and none is needed.
const { policies, problems } = await readPolicyFolder("src/policies");
for (const { file, error } of problems) console.log(`${file}: ${error.message}\n${error.excerpt}`);

for (const { name, document } of policies) {
  const findings = lintPolicy(document, { kv2Mounts: ["shop"] });
  console.log(`${name}: ${findings.length} findings`);
}

const named = policies.map(({ name, document }) => ({ name, policy: document }));
const tests = await readFile("src/policies/orders.policy-test.yaml", "utf8");
const { passed, failed, untested } = runPolicyTests(await parsePolicyTests(tests), named);
console.log(`${passed} checks hold, ${failed} fail, ${untested.length} rules are untested`);

// What a 403 in production would be about, before there is one.
const operation = /** @type {const} */ ("update");
console.log(explain({ policies: named, operation, path: "shop/data/orders/db" }).text);
