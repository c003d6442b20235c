import * as SecretsManager from "@aws-sdk/client-secrets-manager";
import * as v from "valibot";

/**
 * The part of IAM's grammar that identity policies have. Source: IAM User Guide, "Grammar of the IAM JSON
 * policy language", and the notes beneath it.
 */

/** Actions of Secrets Manager are the names of its API's operations, which the SDK has one class each for. */
export const secretsManagerActions: ReadonlySet<string> = new Set(
  Object.keys(SecretsManager)
    .filter((name) => /^[A-Z][A-Za-z]+Command$/u.test(name))
    .map((name) => `secretsmanager:${name.slice(0, -"Command".length)}`),
);

/** Source: Service Authorization Reference, AWS KMS: those that policies here may have. */
const kmsActions = new Set(["kms:Decrypt", "kms:GenerateDataKey"]);

/** Operators, and keys with what they are of. Source: Service Authorization Reference, condition keys. */
const operators = /^(?:StringEquals|StringLike|Bool)(?:IfExists)?$/u;
const keys: Readonly<Record<string, "String" | "Bool">> = {
  "secretsmanager:Name": "String",
  "secretsmanager:SecretId": "String",
  "secretsmanager:ForceDeleteWithoutRecovery": "Bool",
  "kms:ViaService": "String",
  "kms:EncryptionContext:SecretARN": "String",
};

const resource = v.pipe(
  v.string(),
  v.check(
    (text) =>
      text === "*" ||
      /^arn:aws[a-z-]*:secretsmanager:[a-z\d-]+:\d{12}:secret:[\w/+=.@!*?-]+$/u.test(text) ||
      /^arn:aws[a-z-]*:kms:[a-z\d-]+:\d{12}:key\/[A-Za-z\d-]+$/u.test(text),
    "no ARN",
  ),
);

const condition = v.pipe(
  v.record(
    v.pipe(v.string(), v.regex(operators)),
    v.record(v.picklist(Object.keys(keys)), v.union([v.string(), v.array(v.string())])),
  ),
  v.check(
    (map) =>
      Object.entries(map).every(([operator, pairs]) =>
        Object.entries(pairs).every(([key, value]) =>
          operator.startsWith("Bool")
            ? keys[key] === "Bool" && (value === "true" || value === "false")
            : keys[key] === "String",
        ),
      ),
    "an operator of another type than its key",
  ),
);

const statement = v.strictObject({
  Sid: v.pipe(v.string(), v.regex(/^[A-Za-z0-9]+$/u)),
  Effect: v.picklist(["Allow", "Deny"]),
  Action: v.pipe(
    v.array(
      v.pipe(
        v.string(),
        v.check((one) => secretsManagerActions.has(one) || kmsActions.has(one), "no action"),
      ),
    ),
    v.minLength(1),
  ),
  Resource: v.pipe(v.array(resource), v.minLength(1)),
  Condition: v.optional(condition),
});

/** Problems of a document; none for a good one. */
export function grammarProblems(document: unknown): string[] {
  const schema = v.strictObject({
    Version: v.literal("2012-10-17"),
    Statement: v.pipe(
      v.array(statement),
      v.minLength(1),
      v.check((list) => new Set(list.map(({ Sid }) => Sid)).size === list.length, "a Sid twice"),
    ),
  });
  const { issues = [] } = v.safeParse(schema, JSON.parse(JSON.stringify(document)));
  return issues.map((issue) => `${v.getDotPath(issue) ?? ""}: ${issue.message}`);
}

/** A request as IAM sees it. */
export interface IamRequest {
  readonly action: string;
  readonly resource: string;
  readonly context?: Readonly<Record<string, string>>;
}

interface Statement {
  readonly Action: readonly string[];
  readonly Resource: readonly string[];
  readonly Condition?: Readonly<
    Record<string, Readonly<Record<string, string | readonly string[]>>>
  >;
}

/** Whether a policy allows a request, by IAM's rules for what policies here have: no denials, no variables. */
export function isAllowed(
  { Statement: statements }: { readonly Statement: readonly Statement[] },
  { action, resource: asked, context = {} }: IamRequest,
): boolean {
  return statements.some(
    ({ Action, Resource, Condition = {} }) =>
      Action.includes(action) &&
      Resource.some((pattern) => isLike(pattern, asked)) &&
      Object.entries(Condition).every(([operator, pairs]) =>
        Object.entries(pairs).every(([key, wanted]) => {
          const value = context[key];
          if (value === undefined) return operator.endsWith("IfExists");
          const list = typeof wanted === "string" ? [wanted] : wanted;
          return list.some((one) =>
            operator.startsWith("StringLike") ? isLike(one, value) : one === value,
          );
        }),
      ),
  );
}

/** `*` is any text, also an empty one, and `?` one character. */
function isLike(pattern: string, text: string): boolean {
  const expression = pattern.replaceAll(/[.+^${}()|[\]\\/]/gu, String.raw`\$&`);
  return new RegExp(`^${expression.replaceAll("*", "[^]*").replaceAll("?", "[^]")}$`, "u").test(
    text,
  );
}
