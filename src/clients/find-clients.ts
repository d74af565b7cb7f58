/** Which clients are on this machine. */
import { existsSync } from 'node:fs';
import { findProgram } from '../runner/find-program.ts';
import type { Client, Surroundings } from './client.ts';
import { clients } from './clients.ts';

export function findClients(around: Surroundings): readonly Client[] {
  return clients.filter(
    (client) => hasProgram(client, around) || client.traces(around).some((path) => existsSync(path)),
  );
}

export function hasProgram({ programs }: Client, { project, environment }: Surroundings): boolean {
  return programs.some((program) => 'path' in findProgram(program, project, environment));
}
