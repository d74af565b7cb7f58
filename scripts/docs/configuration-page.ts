/** docs/configuration.md, from the schema. */
import { type ConfigKey, describeConfig, innerKeys } from '../../src/config/describe-schema.ts';
import { renderDefaultConfig } from '../../src/config/write-default-config.ts';
import { code, generated, page, table } from './markdown.ts';

export function renderConfigurationPage(): string {
  const keys = describeConfig();
  const sections = keys.filter((key) => key.keys.length > 0);
  return page(
    '# Configuration',
    generated,
    '`.federation/config.json`, made by `fed init`. It is JSON in which comments and trailing commas are allowed. ' +
      'A key that is left out has its default. A file with a fault is refused as a whole, with file, line and key.',
    '## Top level',
    tableOf(keys),
    ...sections.flatMap((section) => [
      `## ${section.named ? `${section.key}.<name>` : section.key}`,
      section.named ? `${section.meaning} The names are slugs and yours to choose.` : section.meaning,
      tableOf(innerKeys(section.keys)),
    ]),
    '## Example: the defaults',
    `\`\`\`jsonc\n${renderDefaultConfig().trimEnd()}\n\`\`\``,
  );
}

function tableOf(keys: readonly ConfigKey[]): string {
  return table(
    ['key', 'type', 'default', 'meaning'],
    keys.map((key) => [code(key.key), typeOf(key), defaultOf(key), key.meaning]),
  );
}

function typeOf(key: ConfigKey): string {
  if (key.named) return 'object: name → settings, below';
  return key.keys.length > 0 ? `${key.type}, below` : key.type;
}

function defaultOf(key: ConfigKey): string {
  if (key.keys.length > 0 && key.default !== null) return 'see below';
  if (key.default === undefined) return '–';
  const text = JSON.stringify(key.default);
  return text.length > 60 ? 'see below' : code(text);
}
