import { isObject, type JsonObject } from "../client/answer.js";
import type { EngineCalls, VaultCallOptions } from "../engine/engine-calls.js";
import { dateOf, given, mapOf, neededText, textOf, textsOf } from "../engine/fields.js";
import { encodeName } from "../engine/names.js";
import { EngineRecords } from "../engine/records.js";
import type { Entity, EntityAdmin, EntityAlias, Group, GroupAdmin } from "./identity-types.js";

/** Entities of the identity store. */
export function createEntities(calls: EngineCalls): EntityAdmin {
  const entities = new EngineRecords(calls, {
    path: "identity/entity/name",
    noun: "entity",
    label: "Entity",
  });
  return {
    async write(name, { policies, metadata, disabled }, options = {}) {
      const body = given({ policies, metadata, disabled });
      return idOf(entities, name, await entities.write(name, body, options), options);
    },
    async read(name, options = {}) {
      return parseEntity(await entities.read(name, options));
    },
    list: (options = {}) => entities.list(options),
    delete: (name, options = {}) => entities.delete(name, options),
    async writeAlias({ entityId, name, mountAccessor }, options = {}) {
      const body = { canonical_id: entityId, name, mount_accessor: mountAccessor };
      const place = { operation: "writeEntityAlias", ref: name };
      const request = { method: "POST", path: "identity/entity-alias", body } as const;
      return neededText((await calls.ask(place, options, request)).data ?? {}, "id");
    },
    deleteAlias: (id, options = {}) =>
      new EngineRecords(calls, {
        path: "identity/entity-alias/id",
        noun: "alias",
        label: "EntityAlias",
      }).delete(id, options),
  };
}

/** Groups of the identity store. */
export function createGroups(calls: EngineCalls): GroupAdmin {
  const groups = new EngineRecords(calls, {
    path: "identity/group/name",
    noun: "group",
    label: "Group",
  });
  return {
    async write(name, group, options = {}) {
      const body = given({
        type: group.type,
        policies: group.policies,
        metadata: group.metadata,
        member_entity_ids: group.memberEntityIds,
        member_group_ids: group.memberGroupIds,
      });
      return idOf(groups, name, await groups.write(name, body, options), options);
    },
    async read(name, options = {}) {
      return parseGroup(await groups.read(name, options));
    },
    list: (options = {}) => groups.list(options),
    delete: (name, options = {}) => groups.delete(name, options),
    async writeAlias({ groupId, name, mountAccessor }, options = {}) {
      encodeName(groupId, "group");
      const body = { canonical_id: groupId, name, mount_accessor: mountAccessor };
      const place = { operation: "writeGroupAlias", ref: name };
      const request = { method: "POST", path: "identity/group-alias", body } as const;
      return neededText((await calls.ask(place, options, request)).data ?? {}, "id");
    },
  };
}

/** Vault tells the id of what it has made, and nothing of what was there already. */
async function idOf(
  records: EngineRecords,
  name: string,
  data: JsonObject,
  call: VaultCallOptions,
): Promise<string> {
  return textOf(data, "id") ?? neededText(await records.read(name, call), "id");
}

function parseEntity(data: JsonObject): Entity {
  const aliases = Array.isArray(data["aliases"]) ? data["aliases"].filter(isObject) : [];
  return {
    id: neededText(data, "id"),
    name: neededText(data, "name"),
    policies: textsOf(data, "policies"),
    metadata: mapOf(data, "metadata"),
    disabled: data["disabled"] === true,
    groupIds: textsOf(data, "group_ids"),
    aliases: aliases.map(parseAlias),
    createdAt: dateOf(data["creation_time"]),
  };
}

function parseAlias(data: JsonObject): EntityAlias {
  return {
    id: neededText(data, "id"),
    name: neededText(data, "name"),
    mountAccessor: textOf(data, "mount_accessor") ?? "",
  };
}

function parseGroup(data: JsonObject): Group {
  return {
    id: neededText(data, "id"),
    name: neededText(data, "name"),
    type: data["type"] === "external" ? "external" : "internal",
    policies: textsOf(data, "policies"),
    metadata: mapOf(data, "metadata"),
    memberEntityIds: textsOf(data, "member_entity_ids"),
    memberGroupIds: textsOf(data, "member_group_ids"),
  };
}
