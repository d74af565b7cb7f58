/**
 * Hands a code over to the browser of this user: in a file that only this user reads, since everybody on the machine
 * sees what stands in a command line. The page in it sends the code on by itself.
 */
import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { writeWhole } from '../files/write-whole.ts';
import { privateFolder } from '../tokens/token-file.ts';
import { codeLife } from '../tokens/token.ts';
import { codePath } from '../web/request.ts';

export interface HandedOver {
  /** To open by hand, where no browser could be started. */
  readonly file: string;
  readonly remove: () => void;
}

export function handOver(folder: string, url: string, code: string): HandedOver {
  const file = join(folder, privateFolder, `sign-in-${randomBytes(6).toString('hex')}.html`);
  writeWhole(file, page(new URL(codePath, url).href, code));
  const remove = (): void => rmSync(file, { force: true });
  // The code is of no more use by then.
  setTimeout(remove, codeLife).unref();
  return { file, remove };
}

/** @param program as `BROWSER` names one; null: the system's way to open a file. */
export function startBrowser(file: string, program: string | null): Promise<boolean> {
  const [command, ...args] = program === null ? systemOpener() : [program];
  return new Promise((resolve) => {
    const child = spawn(command ?? 'xdg-open', [...args, file], { stdio: 'ignore', detached: true });
    child.once('error', () => resolve(false));
    child.once('spawn', () => resolve(true));
    child.unref();
  });
}

function systemOpener(): readonly string[] {
  if (process.platform === 'darwin') return ['open'];
  return process.platform === 'win32' ? ['explorer'] : ['xdg-open'];
}

function page(action: string, code: string): string {
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Sign in</title>
<form method="post" action="${action}"><input type="hidden" name="code" value="${code}"><button>Sign in to the board</button></form>
<script>document.forms[0].submit()</script></html>
`;
}
