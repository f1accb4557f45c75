import { createHash } from "node:crypto";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { downloadPublishedFile, type PublishedFile, readPublishedFile } from "./published-file.node.ts";

// What `gzip numbers` writes at noon of 1 September 2017: the name and the time stand in the header.
const repacked = gzipSync("one, two, three\n".repeat(100));
const published = Buffer.concat([
  Buffer.from([0x1f, 0x8b, 8, 8, 0xc0, 0x4b, 0xa9, 0x59, repacked[8] ?? 0, repacked[9] ?? 0]),
  Buffer.from("numbers\0"),
  repacked.subarray(10),
]);
const file: PublishedFile = {
  name: "numbers.gz",
  md5: createHash("md5").update(published).digest("hex"),
  modified: 0x59a94bc0,
};

let folder: string;
let server: Server;
let address: string;
let served: Buffer | undefined;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "rappel-published-"));
  server = createServer((_, response) => {
    response.statusCode = served ? 200 : 404;
    response.end(served);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const listening = server.address();
  address = `http://127.0.0.1:${typeof listening === "object" && listening ? listening.port : 0}/`;
});
afterAll(async () => {
  server.close();
  await rm(folder, { recursive: true });
});

describe("reading", () => {
  const read = async (content: Buffer) => {
    await writeFile(join(folder, file.name), content);
    return readPublishedFile(folder, file);
  };

  test("the test's own file is gzip", () => {
    expect(gunzipSync(published)).toEqual(gunzipSync(repacked));
  });

  test("takes the published file, and one whose header lost its name and time", async () => {
    expect(await read(published)).toEqual(published);
    expect(await read(repacked)).toEqual(repacked);
  });

  test("takes one whose header gained the other optional fields", async () => {
    const flags = 2 | 4 | 8 | 16;
    const header = [0x1f, 0x8b, 8, flags, 1, 2, 3, 4, repacked[8] ?? 0, repacked[9] ?? 0];
    const fields = [...[3, 0, 9, 9, 9], ...Buffer.from("other\0"), ...Buffer.from("a comment\0"), ...[0xaa, 0xbb]];
    expect(await read(Buffer.from([...header, ...fields, ...repacked.subarray(10)]))).toBeDefined();
  });

  test("refuses a change anywhere after the header, and names the file and both sums", async () => {
    for (let position = 10; position < repacked.length; position++) {
      const damaged = Buffer.from(repacked);
      damaged[position] = (damaged[position] ?? 0) ^ 1;
      await expect(read(damaged)).rejects.toThrow(
        new RegExp(`numbers\\.gz: MD5 is [0-9a-f]{32}, expected ${file.md5}: the file is damaged; remove it`),
      );
    }
  });

  test("refuses a file cut short, emptied, or of another kind", async () => {
    for (const content of [repacked.subarray(0, -1), repacked.subarray(0, 12), Buffer.alloc(0), Buffer.from("<html>")])
      await expect(read(content)).rejects.toThrow(`expected ${file.md5}`);
  });
});

describe("downloading", () => {
  const target = () => join(folder, "cache", "nested");

  test("refuses a damaged download and leaves no file", async () => {
    served = Buffer.concat([published.subarray(0, -1), Buffer.from([7])]);
    await expect(downloadPublishedFile(target(), file, [address])).rejects.toThrow(
      `numbers.gz could not be downloaded: ${address}numbers.gz: MD5 is`,
    );
    await expect(readdir(target())).rejects.toThrow("ENOENT");
  });

  test("reports every address that failed, and why", async () => {
    served = undefined;
    await expect(downloadPublishedFile(target(), file, [address, "http://127.0.0.1:1/"])).rejects.toThrow(
      /HTTP status 404 Not Found; http:\/\/127\.0\.0\.1:1\/numbers\.gz: .+/,
    );
  });

  test("goes on to the next address, and keeps the verified file only", async () => {
    served = published;
    await downloadPublishedFile(target(), file, ["http://127.0.0.1:1/", address]);
    expect(await readdir(target())).toEqual([file.name]);
    expect(await readFile(join(target(), file.name))).toEqual(published);
  });
});
