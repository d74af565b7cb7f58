/** JSON from outside, as deep as everyone who reads it can follow. */

export type JsonValue = string | number | boolean | null | readonly JsonValue[] | { readonly [key: string]: JsonValue };

/** Levels of objects and lists within each other. A few thousand overflow the stack of whoever writes or reads them. */
export const deepestJson = 64;

/** A field that is undefined is left out, as `JSON.stringify` does. */
export type JsonObject = Readonly<Record<string, JsonValue | undefined>>;

/** Whether an object holds nothing but JSON, at most `deepestJson` levels of it. Without recursion: it may hold any number. */
export function isJsonObject(value: unknown): value is JsonObject {
  if (!isPlainObject(value)) return false;
  let level: readonly unknown[] = [value];
  for (let depth = 1; level.length > 0; depth += 1) {
    const next: unknown[] = [];
    for (const node of level) {
      if (!Array.isArray(node) && !isPlainObject(node)) {
        if (!isScalar(node)) return false;
      } else if (depth > deepestJson) return false;
      else for (const inner of Object.values(node)) next.push(inner);
    }
    level = next;
  }
  return true;
}

function isScalar(value: unknown): boolean {
  return value == null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function isPlainObject(value: unknown): value is object {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
