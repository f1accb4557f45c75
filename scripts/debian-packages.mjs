// What tests need of the system: Debian packages, installed where apt-get may do so without a password.
import { spawnSync } from "node:child_process";

function succeeds(command, args) {
  const env = { ...process.env, DEBIAN_FRONTEND: "noninteractive" };
  return spawnSync(command, args, { stdio: ["ignore", "ignore", 2], env }).status === 0;
}

/** Installs some packages and announces it through `say`; does nothing where apt-get may not, or with `RAPPEL_INSTALL=0`. */
export function installPackages(names, say) {
  if (process.env.RAPPEL_INSTALL === "0") return;
  const [command, ...prefix] = process.getuid?.() === 0 ? ["apt-get"] : ["sudo", "-n", "apt-get"];
  const apt = (...args) => succeeds(command, [...prefix, ...args]);
  if (!apt("--version")) return;
  say(`installing ${names.join(" and ")} with apt-get`);
  const install = () => apt("install", "-y", "-q", "--no-install-recommends", ...names);
  // A fresh machine or container has no package lists until the first update.
  if (!install() && apt("update", "-q")) install();
}
