const unreleased = /^## \[Unreleased\]\n/m;

export interface Release {
  /** The whole file, with the section named and an empty one above it. */
  readonly changelog: string;
  /** That section alone, as release notes. */
  readonly notes: string;
}

/** @throws Error where nothing is unreleased, or that version is there already */
export function releaseIn(changelog: string, version: string, date: string): Release {
  const found = unreleased.exec(changelog);
  if (found === null) throw new Error('Expected CHANGELOG.md to have "## [Unreleased]", got none');
  if (changelog.includes(`\n## [${version}]`)) throw new Error(`${version} is in CHANGELOG.md already`);
  const [head, body] = [changelog.slice(0, found.index), changelog.slice(found.index + found[0].length)];
  const end = body.search(/^## \[/m);
  const notes = (end === -1 ? body : body.slice(0, end)).trim();
  if (notes === '') throw new Error('Nothing is unreleased in CHANGELOG.md');
  const rest = end === -1 ? '' : `\n${body.slice(end)}`;
  return { changelog: `${head}## [Unreleased]\n\n## [${version}] - ${date}\n\n${notes}\n${rest}`, notes };
}

/** What the section asks for: something changed or removed breaks, something added does not. Before 1.0 a break is minor. */
export function kindOf(notes: string, current: string): 'major' | 'minor' | 'patch' {
  const breaks = /^### (?:Changed|Removed)$/m.test(notes);
  if (breaks) return current.startsWith('0.') ? 'minor' : 'major';
  return /^### (?:Added|Deprecated)$/m.test(notes) ? 'minor' : 'patch';
}
