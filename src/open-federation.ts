/** Puts store, configuration, log file and application together for one process. */
import { dirname, join, resolve } from 'node:path';
import { Federation } from './federation.ts';
import { LogFile } from './log-file.ts';
import { readConfig } from './read-config.ts';
import { openJournalStore } from './store/journal/journal-store.ts';

export interface OpenedFederation {
  readonly federation: Federation;
  /** `null` where the configuration asks for none. */
  readonly logFile: LogFile | null;
}

/**
 * Opens the federation kept in `dir` (the `.federation` folder).
 * @throws ConfigurationError naming file, line and key; StoreError
 */
export async function openFederation({ dir }: { readonly dir: string }): Promise<OpenedFederation> {
  const config = await readConfig(dir);
  const projectDir = dirname(resolve(dir));
  const store = openJournalStore({ dir, graceMs: config.leases.grace_seconds * 1_000 });
  const logFile =
    config.log_file === null ? null : new LogFile(resolve(projectDir, config.log_file), join(dir, 'log.lock'), store);
  const federation = await Federation.open({
    store,
    config,
    projectDir,
    onCommitted: () => logFile?.note(),
    onClose: async () => logFile?.flush(),
  });
  return { federation, logFile };
}
