/** Under which a request with an idempotency key is remembered: keys are each caller's own. */
export function requestKey(by: string, key: string): string {
  return `${by} ${key}`;
}
