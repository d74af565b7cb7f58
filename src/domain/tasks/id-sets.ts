/** Sets of ids by what they have in common; one that is empty is not kept. */
export function addTo<K, Id>(index: Map<K, Set<Id>>, key: K, id: Id): void {
  const ids = index.get(key);
  if (ids === undefined) index.set(key, new Set([id]));
  else ids.add(id);
}

export function dropFrom<K, Id>(index: Map<K, Set<Id>>, key: K, id: Id): void {
  const ids = index.get(key);
  if (ids?.delete(id) === true && ids.size === 0) index.delete(key);
}
