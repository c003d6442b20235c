import fc from "fast-check";
import { isSecretError } from "@kinko/core";
import { describe, expect, test } from "vitest";
import {
  adminOverrideLayer,
  applicationPolicy,
  developerPolicy,
  devopsPolicy,
  environmentBaseLayer,
  globalDenyLayer,
  identityPolicy,
  isolationPolicy,
  lintPolicy,
  parsePolicy,
  patternOf,
  printPolicy,
  serviceLayer,
  type PolicyRule,
} from "../../../src/policies/index.js";
import { hostileParameters, parameter } from "./hostile-parameters.js";

/** Every text parameter of every preset, given one name. */
const builders: Readonly<Record<string, (name: string) => readonly PolicyRule[]>> = {
  "mount of devops": (mount) => devopsPolicy({ mount }).rules,
  "environment of a developer": (environment) => developerPolicy({ environment }).rules,
  "environment of an application": (environment) =>
    applicationPolicy({ environment, application: "a" }).rules,
  application: (application) => applicationPolicy({ application }).rules,
  "folder of an identity": (folder) => identityPolicy({ folder }).rules,
  "group of an identity": (group) =>
    identityPolicy({ folder: "f", subject: { group, value: "name" } }).rules,
  "metadata of a group": (groupMetadata) =>
    identityPolicy({ folder: "f", subject: { group: "g", groupMetadata } }).rules,
  "metadata of an entity": (entityMetadata) =>
    identityPolicy({ folder: "f", subject: { entityMetadata } }).rules,
  "isolated environment": (environment) => isolationPolicy({ environment, others: [] }).rules,
  "closed environment": (other) =>
    isolationPolicy({ environment: "own-one", others: [other] }).rules,
  "denied path": (path) => globalDenyLayer({ also: [path] }).policy.rules,
  "environment of a base": (environment) => environmentBaseLayer({ environment }).policy.rules,
  "folder of a base": (folder) => environmentBaseLayer({ environment: "p", folder }).policy.rules,
  service: (service) =>
    serviceLayer({ environment: "p", service, secrets: [{ path: "a" }] }).policy.rules,
  "secret of a service": (path) =>
    serviceLayer({ environment: "p", service: "s", secrets: [{ path }] }).policy.rules,
  "MFA method of an override": (method) =>
    adminOverrideLayer({ environment: "p", mfaMethods: [method] }).policy.rules,
  "path of an override": (path) =>
    adminOverrideLayer({
      environment: "p",
      mfaMethods: ["m"],
      paths: [{ path, capabilities: ["read"] }],
    }).policy.rules,
};

/** Parameters that are several names: slashes between them are meant. */
const multiple = /^(?:mount|application|folder|denied|secret|path)/u;

describe.each(Object.entries(builders))("the %s", (title, build) => {
  test("is refused where it is not plain, without being repeated", () => {
    for (const name of hostileParameters) {
      const error = thrownBy(() => build(name));
      if (!isSecretError(error, "InvalidValue")) expect.unreachable(JSON.stringify(name));
      expect(error.reason).toBe("invalid-name");
      expect(name === "" || name.length < 4 || !error.message.includes(name)).toBe(true);
    }
  });

  test("never changes how many rules there are, nor what they are for", () => {
    const model = build("plain");
    fc.assert(
      fc.property(parameter, (name) => {
        let rules: readonly PolicyRule[];
        try {
          rules = build(name);
        } catch (error) {
          return isSecretError(error, "InvalidValue");
        }
        const read = parsePolicy(printPolicy({ rules })).rules;
        expect(read.map(({ path }) => path)).toEqual(
          model.map(({ path }) => path.replace("plain", () => name)),
        );
        expect(read.map(shapeOf)).toEqual(model.map(shapeOf));
        expect(multiple.test(title) || !name.includes("/")).toBe(true);
        return true;
      }),
      { numRuns: 400 },
    );
  });

  test("makes a policy without a warning", () => {
    const findings = lintPolicy(
      { rules: build("plain") },
      { kv2Mounts: [title.startsWith("mount") ? "plain" : "secret"] },
    );
    expect(findings.filter(({ severity }) => severity !== "info")).toEqual([]);
  });
});

function shapeOf(rule: PolicyRule): readonly unknown[] {
  return [patternOf(rule.path).kind, rule.capabilities, rule.mfaMethods?.length];
}

function thrownBy(make: () => unknown): unknown {
  try {
    return make();
  } catch (error) {
    return error;
  }
}
