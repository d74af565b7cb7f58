import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { configSchema } from '../../src/config/schema.ts';
import { Trust, trustedParts } from '../../src/config/trust.ts';
import { examinePrograms } from '../../src/doctor/examine-programs.ts';
import { serverProgram } from '../support/project.ts';

function world(run: Readonly<Record<string, object>>) {
  const folder = mkdtempSync(join(tmpdir(), 'federation-programs-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const bin = join(folder, 'bin');
  mkdirSync(bin);
  const agents = Object.fromEntries(Object.entries(run).map(([name, settings]) => [name, { run: settings }]));
  const config = configSchema.parse({ agents });
  const environment = { PATH: `${bin}:/usr/bin:/bin`, HOME: folder, XDG_STATE_HOME: join(folder, 'state') };
  return {
    config,
    folder,
    environment,
    program: (name: string, body: string) => {
      writeFileSync(join(bin, name), `#!/bin/sh\n${body}\n`);
      chmodSync(join(bin, name), 0o755);
    },
    examine: async (server = serverProgram, more: object = {}) =>
      (await examinePrograms(config, folder, server, { ...environment, ...more })).map(
        ({ check, status, detail }) => `${check}: ${status}: ${detail}`,
      ),
  };
}

it('says of each program whether it is there, which version, and whether somebody is logged in', async () => {
  const { program, examine, folder, config, environment } = world({
    claude: { preset: 'claude-code' },
    codex: { preset: 'codex' },
    gemini: { preset: 'gemini' },
    kimi: { preset: 'kimi' },
    ollama: { preset: 'ollama', host: 'http://127.0.0.1:9' },
    other: { command: ['sh', '-c', 'true'] },
  });
  program('claude', 'case "$1" in --version) echo "2.1.0 (Claude Code)";; *) exit 0;; esac');
  program('codex', 'case "$1" in --version) echo codex 0.171;; *) exit 1;; esac');
  program('gemini', 'echo 0.61.0');
  const found = await examine();
  expect(found).toEqual([
    'run claude: ok: claude-code 2.1.0 (Claude Code), logged in',
    'run codex: problem: codex codex 0.171, not logged in',
    'run gemini: ok: gemini 0.61.0; it has no way to ask whether it is logged in',
    'run kimi: problem: kimi was not found on the PATH',
    'run ollama: problem: Ollama does not answer at http://127.0.0.1:9',
    expect.stringContaining('run other: ok: /'),
    expect.stringContaining('run server: ok: the server starts'),
    expect.stringContaining('run trust: warning: not approved on this machine: agents.claude.run'),
  ]);
  new Trust(folder, environment).approve(trustedParts(config, folder), '2026-02-06T09:00:00.000Z');
  const withKey = await examine(join(folder, 'no-server.js'), { CODEX_API_KEY: 'k' });
  expect(withKey[1]).toContain('run codex: ok');
  expect(withKey.slice(-2)).toEqual([
    expect.stringContaining('run server: problem'),
    'run trust: ok: the commands are approved',
  ]);
});

it('says nothing where no agent has a run', async () => {
  expect(await world({}).examine()).toEqual([]);
});
