import { expect, test } from "vitest";
import { BoundedCache } from "./bounded-cache.ts";

test("what was not used the longest goes first, also if it came later", () => {
  const released: string[] = [];
  const cache = new BoundedCache<string>(2, (value) => released.push(value));
  cache.set("a", "first");
  cache.set("b", "second");
  expect(cache.get("a")).toBe("first");
  cache.set("c", "third");
  expect(released).toEqual(["second"]);
  expect([cache.get("a"), cache.get("b"), cache.get("c")]).toEqual(["first", undefined, "third"]);
  expect(cache.size).toBe(2);
});

test("what is replaced or deleted is released, once", () => {
  const released: string[] = [];
  const cache = new BoundedCache<string>(2, (value) => released.push(value));
  cache.set("a", "old");
  cache.set("a", "new");
  cache.delete("a");
  cache.delete("a");
  expect(released).toEqual(["old", "new"]);
});
