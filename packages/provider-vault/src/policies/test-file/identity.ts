import type {
  PolicyAlias,
  PolicyEntity,
  PolicyGroup,
  PolicyIdentity,
} from "../simulate/identity.js";
import { readYaml, type TestNode } from "./nodes.js";

const advice =
  "Write entity: { name: shop, metadata: { team: web } }, and groups: [{ name: staff }].";

/**
 * Reads an identity from YAML or JSON, in the form that policy tests have.
 * @throws PolicyTestFileError with line, column and field
 */
export async function parsePolicyIdentity(text: string): Promise<PolicyIdentity> {
  return readIdentity(await readYaml(text));
}

/** Whose token it is. What is not said is empty, and a template with it has no value. */
export function readIdentity(node: TestNode): PolicyIdentity {
  const fields = node.fields(["entity", "groups"], advice);
  const entity = fields.get("entity");
  const groups = fields.get("groups");
  return {
    ...(entity === undefined ? {} : { entity: readEntity(entity) }),
    ...(groups === undefined ? {} : { groups: groups.items(advice).map(readGroup) }),
  };
}

function readEntity(node: TestNode): PolicyEntity {
  const fields = node.fields(["id", "name", "metadata", "aliases"], advice);
  const aliases = fields.get("aliases");
  return {
    ...common(fields),
    ...(aliases === undefined ? {} : { aliases: aliases.items(advice).map(readAlias) }),
  };
}

function readGroup(node: TestNode): PolicyGroup {
  return common(node.fields(["id", "name", "metadata"], advice));
}

function readAlias(node: TestNode): PolicyAlias {
  const known = ["mountAccessor", "id", "name", "metadata", "customMetadata"];
  const fields = node.fields(known, advice);
  const accessor =
    fields.get("mountAccessor") ??
    node.fail("An alias has no mountAccessor.", "Write that of the auth method's mount.");
  const custom = fields.get("customMetadata");
  return {
    mountAccessor: accessor.text("Write the accessor of a mount."),
    ...common(fields),
    ...(custom === undefined ? {} : { customMetadata: textsOf(custom) }),
  };
}

function common(fields: ReadonlyMap<string, TestNode>): PolicyGroup {
  const metadata = fields.get("metadata");
  return {
    id: fields.get("id")?.text(advice) ?? "",
    name: fields.get("name")?.text(advice) ?? "",
    ...(metadata === undefined ? {} : { metadata: textsOf(metadata) }),
  };
}

function textsOf(node: TestNode): Readonly<Record<string, string>> {
  return Object.fromEntries(
    Array.from(node.fields(undefined, advice), ([name, value]) => [
      name,
      value.text("Metadata are texts: put it in quotes."),
    ]),
  );
}
