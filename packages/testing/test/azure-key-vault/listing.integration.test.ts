import { describe, expect, it } from "vitest";
import { errorOf, startTestVault, type Answer, type TestVault } from "./support.js";

async function write({ call }: TestVault, names: readonly string[]): Promise<void> {
  for (const name of names) await call("PUT", `/secrets/${name}`, { body: { value: "x" } });
}

function idsOf({ body }: Answer): string[] {
  return (body["value"] as readonly { readonly id: string }[]).map(({ id }) => id);
}

function namesOf(answer: Answer): (string | undefined)[] {
  return idsOf(answer).map((id) => new URL(id).pathname.split("/")[2]);
}

/** Path and query of the next page. */
function nextOf({ body }: Answer): string | undefined {
  const { nextLink } = body;
  if (typeof nextLink !== "string") return undefined;
  const { pathname, search } = new URL(nextLink);
  return `${pathname}${search}`;
}

describe("a listing", () => {
  it("gives 25 names a page, without values and versions, sorted by name", async () => {
    const vault = await startTestVault();
    const names = Array.from({ length: 60 }, (_, n) => `n${String(n).padStart(2, "0")}`);
    await write(vault, names.toReversed());
    const listed: (string | undefined)[] = [];
    const sizes: number[] = [];
    for (let path: string | undefined = "/secrets"; path !== undefined;) {
      const answer: Answer = await vault.call("GET", path);
      expect(answer.text).not.toContain('"x"');
      expect(idsOf(answer).every((id) => new URL(id).pathname.split("/").length === 3)).toBe(true);
      listed.push(...namesOf(answer));
      sizes.push(namesOf(answer).length);
      path = nextOf(answer);
    }
    expect(listed).toEqual(names);
    expect(sizes).toEqual([25, 25, 10]);
  });

  it("ends exactly at the last name, with nextLink null", async () => {
    const vault = await startTestVault();
    await write(
      vault,
      Array.from({ length: 25 }, (_, n) => `n${n}`),
    );
    const { body } = await vault.call("GET", "/secrets");
    expect(body["nextLink"]).toBeNull();
  });

  it("goes on behind its place while names come and go", async () => {
    const vault = await startTestVault();
    await write(vault, ["a", "c", "e", "g"]);
    const first = await vault.call("GET", "/secrets?maxresults=2");
    expect(namesOf(first)).toEqual(["a", "c"]);
    await write(vault, ["b", "d"]);
    await vault.call("DELETE", "/secrets/c");
    expect(namesOf(await vault.call("GET", nextOf(first) ?? ""))).toEqual(["d", "e"]);
  });

  it.each(["maxresults=0", "maxresults=26", "maxresults=x", "$skiptoken=x", "$skiptoken="])(
    "refuses %s with 400",
    async (query) => {
      const { call } = await startTestVault();
      const answer = await call("GET", `/secrets?${query}`);
      expect(answer.status).toBe(400);
      expect(errorOf(answer).code).toBe("BadParameter");
    },
  );

  it("of versions is sorted by id and paged; of a name that is not there it is empty", async () => {
    const vault = await startTestVault();
    await write(
      vault,
      Array.from({ length: 30 }, () => "a"),
    );
    const first = await vault.call("GET", "/secrets/a/versions");
    const second = await vault.call("GET", nextOf(first) ?? "");
    const ids = [...idsOf(first), ...idsOf(second)];
    expect(ids).toHaveLength(30);
    expect(ids).toEqual(ids.toSorted());
    const missing = await vault.call("GET", "/secrets/missing/versions");
    expect(missing.body).toEqual({ value: [], nextLink: null });
  });

  it("shows soft-deleted names among the deleted ones only", async () => {
    const vault = await startTestVault();
    await write(vault, ["a", "b"]);
    await vault.call("DELETE", "/secrets/a");
    expect(namesOf(await vault.call("GET", "/secrets"))).toEqual(["b"]);
    const deleted = await vault.call("GET", "/deletedsecrets");
    expect(namesOf(deleted)).toEqual(["a"]);
    expect(deleted.body["value"]).toMatchObject([
      { recoveryId: `${vault.server.url}/deletedsecrets/a` },
    ]);
  });
});
