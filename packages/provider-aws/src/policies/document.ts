/** Operators and keys of a condition, and what they are compared with. */
export type IamCondition = Readonly<Record<string, Readonly<Record<string, string | string[]>>>>;

/** A statement of a policy for an identity. */
export interface IamStatement {
  readonly Sid: string;
  readonly Effect: "Allow";
  readonly Action: string[];
  readonly Resource: string[];
  readonly Condition?: IamCondition;
}

/** An identity-based policy. Source: IAM User Guide, grammar of the JSON policy language. */
export interface IamPolicyDocument {
  readonly Version: "2012-10-17";
  readonly Statement: IamStatement[];
}
