/** Real git, with nothing of this machine's own settings. */
import { execFileSync } from 'node:child_process';

const settings = [
  'user.name=Test',
  'user.email=test@example.org',
  'init.defaultBranch=main',
  'protocol.file.allow=always',
];

/** Runs git in a folder and gives what it prints. */
export function git(folder: string, ...args: readonly string[]): string {
  const config = settings.flatMap((setting) => ['-c', setting]);
  const environment = { ...process.env, GIT_CONFIG_GLOBAL: '/dev/null', GIT_CONFIG_NOSYSTEM: '1' };
  return execFileSync('git', [...config, ...args], { cwd: folder, env: environment, encoding: 'utf8', stdio: 'pipe' });
}
