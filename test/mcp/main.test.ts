import { spawnSync } from 'node:child_process';
import { describe, expect, it } from 'vitest';
import { serverProgram } from '../support/project.ts';

function run(...args: string[]) {
  return spawnSync(process.execPath, [serverProgram, ...args], { encoding: 'utf8', input: '' });
}

describe('federation-mcp', () => {
  it('prints its version', () => {
    const { status, stdout } = run('--version');
    expect(status).toBe(0);
    expect(stdout).toMatch(/^\d+\.\d+\.\d+\n$/);
  });

  it('names every option in its help', () => {
    const { status, stdout } = run('--help');
    expect(status).toBe(0);
    for (const option of ['--dir', '--as', '--tools core', 'FEDERATION_AGENT']) expect(stdout).toContain(option);
  });

  it.each([
    [['--bogus'], /--bogus/],
    [['stray'], /stray/],
    [['--tools', 'most'], /core or all, got "most"/],
  ])('refuses %j as wrong usage', (args, reason) => {
    const { status, stdout, stderr } = run(...args);
    expect(status).toBe(2);
    expect(stdout).toBe('');
    expect(stderr).toMatch(reason);
  });

  it('ends where nobody is connected, having made nothing', () => {
    expect(run('--dir', '/nonexistent/.federation').status).toBe(0);
  });
});
