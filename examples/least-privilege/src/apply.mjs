import { isSecretError, openStore } from "@kinko/core";
import { readPolicyFolder } from "@kinko/provider-vault/policies";

/** @typedef {import("@kinko/provider-vault").KvAdminCapability} KvAdminCapability */
/** @typedef {import("@kinko/provider-vault").PoliciesCapability} PoliciesCapability */
/** @typedef {import("@kinko/provider-vault").TokensCapability} TokensCapability */

// Who administers Vault: an engine, a secret in it, and the policies of the folder.
const admin = await openStore();
/** @type {KvAdminCapability} */
const engines = admin.as("kvAdmin");
await engines.enable("shop");
await admin.put("orders/db", "correct-horse");

/** @type {PoliciesCapability} */
const policies = admin.as("policies");
const { policies: wanted } = await readPolicyFolder("src/policies");
const plan = await policies.plan(wanted);
for (const { action, name, decisions } of plan.changes) {
  console.log(`${action} ${name}`);
  for (const { path, opens } of decisions) console.log(`  opens ${path}: ${opens.join(", ")}`);
}
const confirm = plan.changes.filter((one) => one.needsConfirmation).map(({ name }) => name);
const { applied } = await policies.apply(plan, { confirm });
console.log(`applied ${applied.join(", ")}`);
const again = await policies.plan(wanted);
console.log(`a second plan has ${again.changes.length} changes`);

// The orders service: a token with this policy, and without Vault's default one.
/** @type {TokensCapability} */
const tokens = admin.as("tokens");
const { token } = await tokens.create({ policies: ["orders"], ttlSeconds: 300 });
const orders = await openStore({ env: { ...process.env, VAULT_TOKEN: token.text() } });
const password = await orders.get("orders/db");
console.log(`reads its secret of ${password.text().length} characters`);
try {
  await orders.put("orders/db", "another");
} catch (error) {
  if (!isSecretError(error, "PermissionDenied")) throw error;
  console.log(`writes it: ${error.code} (${error.reason})`);
}
await orders.close();
await admin.close();
