/** Times are ISO 8601 UTC strings with milliseconds: they sort as text. */
export type Timestamp = string;

export function toMillis(at: Timestamp): number {
  return Date.parse(at);
}

export function fromMillis(millis: number): Timestamp {
  return new Date(millis).toISOString();
}

export function addMillis(at: Timestamp, millis: number): Timestamp {
  return fromMillis(toMillis(at) + millis);
}

export const second = 1_000;
export const minute = 60 * second;
export const hour = 60 * minute;
export const day = 24 * hour;
