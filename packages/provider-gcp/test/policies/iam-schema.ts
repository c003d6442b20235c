import * as v from "valibot";
import { conditionLimits } from "../../src/policies/index.js";

/**
 * What Google IAM takes. Sources: IAM reference, Policy, Binding, Expr and projects.roles; IAM, quotas
 * and limits; conditions overview; "Secret Manager roles and permissions".
 */
const secretManagerPermissions = [
  "secretmanager.locations.get",
  "secretmanager.locations.list",
  "secretmanager.secrets.create",
  "secretmanager.secrets.createTagBinding",
  "secretmanager.secrets.delete",
  "secretmanager.secrets.deleteTagBinding",
  "secretmanager.secrets.get",
  "secretmanager.secrets.getIamPolicy",
  "secretmanager.secrets.list",
  "secretmanager.secrets.listEffectiveTags",
  "secretmanager.secrets.listTagBindings",
  "secretmanager.secrets.setIamPolicy",
  "secretmanager.secrets.update",
  "secretmanager.versions.access",
  "secretmanager.versions.add",
  "secretmanager.versions.destroy",
  "secretmanager.versions.disable",
  "secretmanager.versions.enable",
  "secretmanager.versions.get",
  "secretmanager.versions.list",
];

/** Google's own roles for Secret Manager, with what they give of it. */
export const predefinedRoles: Readonly<Record<string, readonly string[]>> = {
  "roles/secretmanager.secretAccessor": ["secretmanager.versions.access"],
  "roles/secretmanager.secretVersionAdder": ["secretmanager.versions.add"],
};

const project = String.raw`projects/(?:[a-z0-9.-]+:)?[a-z][a-z0-9-]{4,28}[a-z0-9]`;
const customRole = String.raw`${project}/roles/[a-zA-Z0-9_.]{3,64}`;
const secretName = String.raw`${project}(?:/locations/[a-z0-9-]+)?/secrets/[a-zA-Z0-9_-]{1,255}`;
const startsWith = String.raw`resource\.name\.startsWith\("projects/\d+(?:/locations/[a-z0-9-]+)?/secrets/[a-zA-Z0-9_-]*"\)`;

function matching(pattern: string) {
  return v.pipe(v.string(), v.regex(new RegExp(`^(?:${pattern})$`, "u")));
}

const condition = v.strictObject({
  title: v.pipe(v.string(), v.minLength(1), v.maxLength(conditionLimits.titleCharacters)),
  description: v.pipe(v.string(), v.maxLength(conditionLimits.descriptionCharacters)),
  expression: v.pipe(
    // Of the Common Expression Language, what is used here.
    matching(String.raw`${startsWith}(?: \|\| ${startsWith})*`),
    v.check(
      (text) => text.split("||").length - 1 <= conditionLimits.operators,
      "too many logical operators",
    ),
  ),
});

const binding = v.strictObject({
  role: v.union([v.picklist(Object.keys(predefinedRoles)), matching(customRole)]),
  members: v.pipe(v.array(v.string()), v.length(1)),
  condition: v.optional(condition),
});

const role = v.strictObject({
  name: matching(customRole),
  title: v.pipe(v.string(), v.minLength(1), v.maxLength(100)),
  description: v.pipe(v.string(), v.maxLength(300)),
  includedPermissions: v.pipe(v.array(v.picklist(secretManagerPermissions)), v.minLength(1)),
  stage: v.literal("GA"),
});

const resource = v.union([
  v.strictObject({
    resource: matching(project),
    bindings: v.pipe(
      v.array(binding),
      v.minLength(1),
      v.check((list) => mostOfOneRole(list) <= conditionLimits.bindings, "too many conditions"),
    ),
  }),
  v.strictObject({
    resource: matching(secretName),
    // On a single secret nothing is left to be said by a condition.
    bindings: v.pipe(v.array(v.omit(binding, ["condition"])), v.length(1)),
  }),
]);

function mostOfOneRole(list: readonly { readonly role: string }[]): number {
  const counts = new Map<string, number>();
  for (const { role: name } of list) counts.set(name, (counts.get(name) ?? 0) + 1);
  return Math.max(...counts.values());
}

/** Problems of roles and bindings; none for good ones. */
export function schemaProblems(given: {
  readonly roles: unknown;
  readonly bindings: unknown;
}): string[] {
  const schema = v.object({ roles: v.array(role), bindings: v.array(resource) });
  const { issues = [] } = v.safeParse(schema, JSON.parse(JSON.stringify(given)));
  return issues.map((issue) => `${v.getDotPath(issue) ?? ""}: ${issue.message}`);
}

/** Whether a condition that the schema takes holds for a resource. */
export function holds(expression: string, resourceName: string): boolean {
  return [...expression.matchAll(/startsWith\("([^"]*)"\)/gu)].some(([, prefix = ""]) =>
    resourceName.startsWith(prefix),
  );
}
