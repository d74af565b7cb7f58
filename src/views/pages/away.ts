/** Agents that take nothing now, by their own word. */

export function isAway({ status }: { readonly status: string }): boolean {
  return status === 'standby' || status === 'offline';
}
