import { describe, expect, test } from "vitest";
import { crc32c } from "../../src/google-secret-manager/crc32c.js";
import { parseFilter } from "../../src/google-secret-manager/filter.js";

const fields: Readonly<Record<string, string | readonly string[]>> = {
  name: "projects/1/secrets/prod__app__db",
  "labels.team": "payments",
  labels: ["team"],
  create_time: "2024-05-01T00:00:00.000Z",
};

const passes = (filter: string): boolean =>
  parseFilter(filter)((field) => (Object.hasOwn(fields, field) ? fields[field] : undefined));

describe("a filter", () => {
  test.each([
    "",
    "name:app",
    'name:"prod__"',
    "name:prod*db",
    "labels.team=payments",
    "labels.team:*",
    "labels:team",
    "NOT labels.other:*",
    "labels.other!=x",
    "name:nothing OR name:app",
    "name:app AND labels.team=payments",
    "name:app labels.team=payments",
    "(name:nothing OR name:app) AND NOT name:other",
    "create_time>2024-01-01T00:00:00Z AND create_time<2025-01-01T00:00:00Z",
    "name:nothing AND name:nothing OR name:app",
  ])("lets through: %s", (filter) => {
    expect(passes(filter)).toBe(true);
  });

  test.each([
    "name:App",
    "labels.team=pay",
    "labels.team!=payments",
    "NOT name:app",
    "name:app AND name:nothing",
    "create_time>=2024-05-01T00:00:01Z",
    "labels.other:*",
    'name:"a.p"',
  ])("holds back: %s", (filter) => {
    expect(passes(filter)).toBe(false);
  });

  test.each(["name", "name:", "(name:a", "name:a)", "AND name:a", "name:a OR", 'name:"a', "NOT"])(
    "that is none is refused: %s",
    (filter) => {
      expect(() => parseFilter(filter)).toThrow("The filter is not valid.");
    },
  );
});

test("checksums are CRC-32C, as in RFC 3720 and Google's example", () => {
  expect(crc32c(Buffer.alloc(32))).toBe(0x8a9136aa);
  expect(crc32c(Buffer.from("123456789"))).toBe(0xe3069283);
  expect(crc32c(Buffer.from("a\n"))).toBe(163_439_259);
});
