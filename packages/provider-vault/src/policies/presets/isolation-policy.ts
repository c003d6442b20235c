import type { AccessOperation } from "@kinko/core/access";
import { vaultError } from "../../errors/vault-error.js";
import type { PolicyDocument } from "../model.js";
import { checkPlace, folderDenials, kvRules, type KvPlace } from "./kv-rules.js";
import { checkName } from "./names.js";

/** Parameters of {@link isolationPolicy}. */
export interface IsolationPolicyOptions extends KvPlace {
  /** The environment that is opened, such as `production`. */
  readonly environment: string;
  /** All others. Each is denied, whatever another policy of the token says of its whole mount. */
  readonly others: readonly string[];
  /** What may be done inside. Default: get and list. */
  readonly operations?: readonly AccessOperation[] | undefined;
}

/**
 * Isolation by path for open-source Vault, which has no namespaces: every path begins with its
 * environment, and a token of one does nothing in the others.
 *
 * The denials name each section of the API in full, since of two rules that match Vault takes the one
 * with the later wildcard: `secret/+/staging/*` would lose to `secret/data/*`. A rule of another policy
 * that reaches further into an environment, such as `secret/data/staging/app/*`, still wins over them;
 * `composeLayers` refuses such.
 *
 * @throws InvalidValueError for a name that is not plain, before anything is made
 */
export function isolationPolicy(options: IsolationPolicyOptions): PolicyDocument {
  const { environment, others, operations = ["get", "list"], ...given } = options;
  const place = checkPlace(given);
  const own = checkName(environment, "environment");
  const closed = new Set(others.map((other) => checkName(other, "others")));
  if (closed.has(own))
    throw vaultError("InvalidValue", "An environment is both opened and closed.", {
      reason: "environment-in-others",
      field: "others",
      advice: "Leave the environment out of the others.",
    });
  return {
    rules: [
      ...kvRules(place, `${own}/*`, operations),
      ...[...closed].flatMap((other) => folderDenials(place, other)),
    ],
  };
}
