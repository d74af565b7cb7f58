/** Tables by RFC 4180. */
type Value = string | number | boolean | null;

export function csvCell(value: Value): string {
  const text = String(value ?? '');
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** No spreadsheet takes it for a formula: an apostrophe goes before what one could begin with, and before such a guard. */
export function guardedCell(value: Value): string {
  const text = String(value ?? '');
  return csvCell(/^'*[=+\-@\t\r]/.test(text) ? `'${text}` : text);
}

export function csvLine(cells: readonly string[]): string {
  return `${cells.join(',')}\r\n`;
}
