import type { VaultAnswer } from "../client/answer.js";
import type { VaultClient, VaultRequest } from "../client/vault-client.js";
import { errorOf } from "../errors/response-error.js";
import { meaningOf } from "./meanings.js";

/** What engines of credentials need of the client. */
export type Asker = Pick<VaultClient, "request" | "errorOf">;

const ownFailures = [400, 500] as const;

/**
 * Asks Vault, and reads its failures as those of an engine that talks to a database. Vault answers
 * 400 or 500 with the message of the database's driver, which is compared and never shown.
 */
export async function ask(
  client: Asker,
  request: VaultRequest & { readonly accept?: readonly number[] },
): Promise<VaultAnswer> {
  const accept = request.accept ?? [];
  const answer = await client.request({ ...request, accept: [...ownFailures, ...accept] });
  if (answer.status < 400 || accept.includes(answer.status)) return answer;
  const meaning = meaningOf(answer.errors);
  throw meaning === undefined ? client.errorOf(answer) : errorOf(answer, meaning);
}
