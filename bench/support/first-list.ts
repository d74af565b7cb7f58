/** Spoken to line by line, so that nothing of a client's own start is measured. */
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

const initialize = {
  protocolVersion: '2025-11-25',
  capabilities: {},
  clientInfo: { name: 'claude-code', version: '1' },
};

/** From spawning a server to its list of tools, in ms, and the list as it came. */
export async function firstList(file: string, ...args: readonly string[]): Promise<{ took: number; answer: string }> {
  const begun = performance.now();
  const child = spawn(process.execPath, [file, ...args], { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: AsyncIterator<string, undefined> = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  const say = (message: object) => child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  say({ id: 1, method: 'initialize', params: initialize });
  await lines.next();
  say({ method: 'notifications/initialized' });
  say({ id: 2, method: 'tools/list' });
  const { value } = await lines.next();
  const took = performance.now() - begun;
  child.stdin.end();
  await once(child, 'exit');
  return { took, answer: value ?? '' };
}
