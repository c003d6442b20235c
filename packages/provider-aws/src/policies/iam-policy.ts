import { formatPath } from "@kinko/core";
import {
  grantsByOperation,
  type AccessGrant,
  type AccessManifest,
  type AccessOperation,
  type WiderAccess,
} from "@kinko/core/access";
import { awsError } from "../errors/aws-error.js";
import type { IamCondition, IamPolicyDocument, IamStatement } from "./document.js";
import { checkPlace, type IamPlace, type IamPolicyOptions } from "./options.js";

/** A policy, and what it gives beyond what was asked because IAM cannot give less. */
export interface IamPolicy {
  readonly document: IamPolicyDocument;
  readonly wider: readonly WiderAccess[];
}

/** Largest managed policy, without white space. Source: IAM User Guide, IAM and STS quotas. */
export const maxPolicyCharacters = 6_144;

/** What the provider sends for each operation. CreateSecret and ListSecrets have statements of their own. */
const actions: Readonly<Partial<Record<AccessOperation, readonly string[]>>> = {
  get: ["GetSecretValue"],
  put: ["PutSecretValue"],
  patch: ["DescribeSecret", "GetSecretValue", "PutSecretValue", "UpdateSecretVersionStage"],
  delete: ["DeleteSecret"],
  tags: ["DescribeSecret", "TagResource", "UntagResource"],
  versions: ["DescribeSecret", "ListSecretVersionIds"],
  undelete: ["RestoreSecret"],
  purge: ["DeleteSecret", "DescribeSecret"],
};

/** A soft delete is no right to remove for good. The key is absent where a request does not say. */
const conditions: Readonly<Partial<Record<AccessOperation, IamCondition>>> = {
  delete: { BoolIfExists: { "secretsmanager:ForceDeleteWithoutRecovery": "false" } },
};

const kmsActions: Readonly<Partial<Record<AccessOperation, readonly string[]>>> = {
  get: ["kms:Decrypt"],
  put: ["kms:Decrypt", "kms:GenerateDataKey"],
  patch: ["kms:Decrypt", "kms:GenerateDataKey"],
};

/**
 * The least IAM policy with which an application does what its manifest says, under the names that the
 * provider gives its secrets. Attach it to the application's role.
 *
 * `list` is on the whole account, since IAM knows no narrower way, and is told in `wider`.
 *
 * @throws ConfigError, InvalidRefError; UnsupportedError for operations on single versions, which AWS
 * does not have; TooLargeError for more than fits a managed policy
 * @example
 * const { document } = iamPolicyFor(manifest, { region: "eu-central-1", accountId: "123456789012" });
 */
export function iamPolicyFor(manifest: AccessManifest, options: IamPolicyOptions): IamPolicy {
  const place = checkPlace(options);
  const byOperation = grantsByOperation(manifest);
  const statements = [...byOperation].flatMap(([operation, grants]) =>
    statementsOf(operation, grants, place),
  );
  const document: IamPolicyDocument = {
    Version: "2012-10-17",
    Statement: [...statements, ...kmsStatements(byOperation, place)],
  };
  if (JSON.stringify(document).length > maxPolicyCharacters)
    throw awsError("TooLarge", `The policy has more than ${maxPolicyCharacters} characters.`, {
      reason: "policy-too-large",
      field: manifest.application,
      advice: "Grant folders instead of many secrets, or split the manifest.",
    });
  return { document, wider: (byOperation.get("list") ?? []).map(widerList) };
}

function statementsOf(
  operation: AccessOperation,
  grants: readonly AccessGrant[],
  place: IamPlace,
): IamStatement[] {
  if (operation === "list") {
    return [
      { Sid: "List", Effect: "Allow", Action: ["secretsmanager:ListSecrets"], Resource: ["*"] },
    ];
  }
  const named = actions[operation];
  if (named === undefined) throw noSingleVersions(grants);
  const condition = conditions[operation];
  const statement: IamStatement = {
    Sid: sidOf(operation),
    Effect: "Allow",
    Action: named.map((action) => `secretsmanager:${action}`),
    Resource: grants.map((grant) => existing(grant, place)),
    ...(condition === undefined ? {} : { Condition: condition }),
  };
  return operation === "put" ? [statement, creation(grants, place)] : [statement];
}

/** ARN of what is there: AWS adds a hyphen and six characters to each name. */
function existing(grant: AccessGrant, { arnPrefix, names }: IamPlace): string {
  return grant.kind === "secret"
    ? `${arnPrefix}${names.encode(grant.path)}-??????`
    : `${arnPrefix}${names.beneath(grant.path)}*`;
}

/** A new secret has no ARN yet: what counts is the name that is asked for. */
function creation(grants: readonly AccessGrant[], place: IamPlace): IamStatement {
  const { arnPrefix, names } = place;
  const wanted = grants.map((grant) =>
    grant.kind === "secret" ? names.encode(grant.path) : `${names.beneath(grant.path)}*`,
  );
  const Resource = grants.flatMap((grant, index) =>
    grant.kind === "secret"
      ? [`${arnPrefix}${wanted[index]}`, existing(grant, place)]
      : [existing(grant, place)],
  );
  return {
    Sid: "PutNew",
    Effect: "Allow",
    Action: ["secretsmanager:CreateSecret"],
    Resource,
    // Names have no * and no ?, so a whole name is like itself alone.
    Condition: { StringLike: { "secretsmanager:Name": wanted } },
  };
}

/** The key is used by Secrets Manager alone, for these secrets alone. */
function kmsStatements(
  byOperation: ReadonlyMap<AccessOperation, readonly AccessGrant[]>,
  place: IamPlace,
): IamStatement[] {
  const { kmsKeyArn, region } = place;
  if (kmsKeyArn === undefined) return [];
  const suffix = place.arnPrefix.startsWith("arn:aws-cn:") ? "amazonaws.com.cn" : "amazonaws.com";
  return [...byOperation].flatMap(([operation, grants]) => {
    const named = kmsActions[operation];
    if (named === undefined) return [];
    return [
      {
        Sid: `${sidOf(operation)}Key`,
        Effect: "Allow",
        Action: [...named],
        Resource: [kmsKeyArn],
        Condition: {
          StringEquals: { "kms:ViaService": `secretsmanager.${region}.${suffix}` },
          StringLike: {
            "kms:EncryptionContext:SecretARN": grants.map((grant) => existing(grant, place)),
          },
        },
      },
    ];
  });
}

function sidOf(operation: AccessOperation): string {
  return operation.charAt(0).toUpperCase() + operation.slice(1);
}

function widerList(grant: AccessGrant): WiderAccess {
  return {
    grant,
    operation: "list",
    scope: "*",
    why: "Names and tags of all secrets of the account and region can be listed.",
  };
}

function noSingleVersions(grants: readonly AccessGrant[]): Error {
  return awsError("Unsupported", "AWS Secrets Manager removes whole secrets only.", {
    reason: "no-single-versions",
    field: formatPath(grants[0]?.path ?? []),
    advice: "Take deleteVersion and destroy out of the manifest for AWS.",
  });
}
