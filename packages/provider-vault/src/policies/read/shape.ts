/** What a node is to become. Vault decodes by the types of its structures; these are they. */
export type Shape =
  | { readonly kind: "string" }
  | { readonly kind: "integer" }
  /** Whatever is written. */
  | { readonly kind: "any" }
  | { readonly kind: "list"; readonly of: Shape }
  | { readonly kind: "map"; readonly of: Shape }
  | { readonly kind: "struct"; readonly fields: Readonly<Record<string, Shape>> };

const string: Shape = { kind: "string" };
const strings: Shape = { kind: "list", of: string };
const any: Shape = { kind: "any" };
const parameters: Shape = { kind: "map", of: { kind: "list", of: any } };

/** The attribute of a whole policy. */
export const policyShape: Shape = { kind: "struct", fields: { name: string } };

/** The attributes of one rule. Source: Vault 1.21, vault/policy.go. */
export const ruleShape: Shape = {
  kind: "struct",
  fields: {
    policy: string,
    capabilities: strings,
    min_wrapping_ttl: any,
    max_wrapping_ttl: any,
    allowed_parameters: parameters,
    denied_parameters: parameters,
    required_parameters: strings,
    mfa_methods: strings,
    control_group: {
      kind: "struct",
      fields: {
        ttl: any,
        factor: {
          kind: "map",
          of: {
            kind: "struct",
            fields: {
              name: string,
              identity: {
                kind: "struct",
                fields: {
                  group_ids: strings,
                  group_names: strings,
                  approvals: { kind: "integer" },
                },
              },
              controlled_capabilities: strings,
            },
          },
        },
      },
    },
    subscribe_event_types: strings,
  },
};

/** Names that a rule may have, in the order in which they are suggested. */
export const ruleAttributes: readonly string[] = [
  "capabilities",
  "comment",
  "policy",
  "allowed_parameters",
  "denied_parameters",
  "required_parameters",
  "min_wrapping_ttl",
  "max_wrapping_ttl",
  "mfa_methods",
  "control_group",
  "subscribe_event_types",
];
