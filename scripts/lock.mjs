// A lock between processes: a file that holds its owner's process id. The file appears with its content in one step
// (a hard link to a finished file), and a lock whose owner has died is taken over.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

const pollMilliseconds = 100;

function isAlive(pid) {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return error.code === "EPERM"; // alive, and somebody else's
  }
}

/** The owner's process id; undefined where the lock is free. */
function ownerOf(path) {
  try {
    return Number(readFileSync(path, "utf8"));
  } catch (error) {
    if (error.code === "ENOENT") return undefined;
    throw error;
  }
}

function tryAcquire(path) {
  const claim = `${path}.${process.pid}`;
  writeFileSync(claim, String(process.pid));
  try {
    linkSync(claim, path);
    return true;
  } catch (error) {
    if (error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(claim);
  }
}

/** Frees the lock of a dead owner. The move is atomic, so of several who try one succeeds. */
function removeStale(path, deadOwner) {
  const moved = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, moved);
    // Somebody may have taken the lock over between our look and our move: then it is given back.
    if (ownerOf(moved) !== deadOwner) linkSync(moved, path);
    rmSync(moved);
  } catch (error) {
    if (error.code !== "ENOENT") throw error;
  }
}

/** Runs `action` while holding the lock at `path`; waits for its turn, and says so once with `say`. */
export async function withLock(path, say, action) {
  mkdirSync(dirname(path), { recursive: true });
  let announced = false;
  while (!tryAcquire(path)) {
    const owner = ownerOf(path);
    if (owner === undefined) continue;
    if (!isAlive(owner)) {
      removeStale(path, owner);
      continue;
    }
    if (!announced) say(`waiting for another setup (process ${owner}; if it is none, remove ${path})`);
    announced = true;
    await sleep(pollMilliseconds);
  }
  const release = () => rmSync(path, { force: true });
  process.once("exit", release); // also when `action` ends the process
  try {
    return await action();
  } finally {
    process.off("exit", release);
    release();
  }
}
