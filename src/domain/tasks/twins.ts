/**
 * Twins: open tasks that ask for the same thing. Two agents that notice the
 * same problem should not have it solved twice.
 */
import type { Task } from './task.ts';

type TwinFields = Pick<Task, 'description' | 'to_agent' | 'type' | 'dependencies' | 'idempotency_key'>;

const offset = 0x811c9dc5;
const prime = 0x01000193;

/**
 * A 32-bit key that twins share (FNV-1a over the normalised beginning of the
 * description and the other fields). Cheap, since every fold computes it;
 * `areTwins` decides.
 */
export function twinKey(task: TwinFields): number {
  let hash = offset;
  const text = task.description;
  for (let i = 0, taken = 0; i < text.length && taken < 160; i++) {
    const code = text.charCodeAt(i);
    // Beyond ASCII, case and spaces have rules of their own, which areTwins knows.
    if (code <= 32 || code > 126) continue;
    // Bit 5 is the case of a letter; other characters that it merges only cost a comparison.
    hash = Math.imul(hash ^ (code | 32), prime);
    taken++;
  }
  hash = mix(hash, task.to_agent ?? '');
  return mix(hash, task.type ?? '') >>> 0;
}

export function areTwins(a: TwinFields, b: TwinFields): boolean {
  return (
    a.to_agent === b.to_agent &&
    a.type === b.type &&
    // A key says that its caller tells its requests apart.
    a.idempotency_key === null &&
    b.idempotency_key === null &&
    sameMembers(a.dependencies, b.dependencies) &&
    normalise(a.description) === normalise(b.description)
  );
}

function normalise(text: string): string {
  return text.trim().replace(/\s+/g, ' ').toLowerCase();
}

function sameMembers(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && a.every((member) => b.includes(member));
}

function mix(seed: number, text: string): number {
  let hash = Math.imul(seed ^ 0x1f, prime);
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), prime);
  return hash;
}
