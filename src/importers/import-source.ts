/** A source of any system. */
import { CallerError } from '../domain/errors.ts';
import { type Found, type Source, type System, systems } from './found.ts';
import { importBacklog } from './import-backlog.ts';
import { importBeads } from './import-beads.ts';
import { importCsv } from './import-csv.ts';
import { type FederationOptions, importFederation } from './import-federation.ts';
import { importGithub } from './import-github.ts';
import { importPhase4 } from './import-phase4.ts';
import { importTaskmaster } from './import-taskmaster.ts';
import { recognise } from './recognise.ts';

/** `named`: as the caller says; else as it is recognised. @throws CallerError `invalid` */
export async function importSource(source: Source, named: System | null, options: FederationOptions): Promise<Found> {
  const system = named ?? recognise(source);
  if (system === null) {
    throw new CallerError(
      'invalid',
      `${source.name} is none of the formats that are recognised.`,
      `Name its format with --from: ${systems.join(', ')}.`,
      'file',
    );
  }
  if (system === 'backlog' || system === 'phase4') {
    // One file of a folder: its name says what it is.
    const files = source.kind === 'folder' ? source.files : new Map([[source.name, source.text]]);
    return system === 'backlog' ? await importBacklog(files, options) : await importPhase4(files, options);
  }
  if (source.kind === 'folder') {
    throw new CallerError(
      'invalid',
      `${source.name} is a folder, and ${system} is read from a file.`,
      fileOf[system],
      'file',
    );
  }
  switch (system) {
    case 'beads':
      return importBeads(source.text, options);
    case 'taskmaster':
      return importTaskmaster(source.text, options);
    case 'github':
      return importGithub(source.text, options);
    case 'csv':
      return await importCsv(source.text, options);
    case 'federation':
      return importFederation(source.text, options);
  }
}

const fileOf: Readonly<Record<Exclude<System, 'backlog' | 'phase4'>, string>> = {
  beads: 'Write one with bd export > issues.jsonl.',
  taskmaster: 'Name its .taskmaster/tasks/tasks.json.',
  github: 'Write one with gh issue list --state all --limit 10000 --json number,title,body,… > issues.json.',
  csv: 'Name the file.',
  federation: 'Write one with fed export > federation.jsonl.',
};
