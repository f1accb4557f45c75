/** Pages have no folders for backups. */

export function latestBackup(directory: string): Promise<string | undefined> {
  return refuse(directory);
}

export function writeBackup(
  directory: string,
  _epoch: number,
  _write: (folder: string) => Promise<void>,
): Promise<void> {
  return refuse(directory);
}

export function removeBackups(directory: string): Promise<void> {
  return refuse(directory);
}

function refuse(directory: string): Promise<never> {
  return Promise.reject(
    new Error(
      `${directory}: pages have no folders for backups; save the model with modelCheckpoint({ directory: "indexeddb://NAME" })`,
    ),
  );
}
