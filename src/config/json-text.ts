/**
 * Edits JSON as text: comments, unknown keys, their order and the way it is written stay. jsonc-parser reads; its own
 * edits write neighbours anew and take comments behind them away.
 */
import {
  findNodeAtLocation,
  type Node,
  parse,
  type ParseError,
  parseTree,
  printParseErrorCode,
  stripComments,
} from 'jsonc-parser';
import { TextFault, type TextFormat } from './text-format.ts';

const options = { allowTrailingComma: true };

export const jsonText: TextFormat = {
  read(text) {
    if (text.trim() === '') return {};
    const faults: ParseError[] = [];
    const value: unknown = parse(text, faults, options);
    const [fault] = faults;
    if (fault === undefined) return value;
    const before = text.slice(0, fault.offset).split('\n');
    const place = { line: before.length, column: (before.at(-1)?.length ?? 0) + 1 };
    const what = printParseErrorCode(fault.error).replaceAll(/(?<=[a-z])(?=[A-Z])/g, ' ');
    throw new TextFault(place, `not JSON: ${what.toLowerCase()}`);
  },
  set(text, path, value) {
    // What is added to it later keeps to its lines.
    if (text.trim() === '') return jsonText.set('{\n}\n', path, value);
    const tree = treeOf(text);
    const found = findNodeAtLocation(tree, [...path]);
    if (found !== undefined) {
      return splice(
        text,
        found.offset,
        endOf(found),
        written(text, value, indentAt(text, found.offset), isOneLine(text, found)),
      );
    }
    let depth = path.length - 1;
    while (depth > 0 && findNodeAtLocation(tree, path.slice(0, depth)) === undefined) depth -= 1;
    const holder = findNodeAtLocation(tree, path.slice(0, depth)) ?? tree;
    return withProperty(text, holder, path[depth] ?? '', nested(path.slice(depth + 1), value));
  },
  remove(text, path) {
    const property = findNodeAtLocation(treeOf(text), [...path])?.parent;
    return property === undefined ? text : withoutProperty(text, property);
  },
  hasComments: (text) => stripComments(text) !== text,
};

function treeOf(text: string): Node {
  const tree = parseTree(text, [], options);
  if (tree === undefined) throw new Error('Expected a text that was read before, got one that is not JSON');
  return tree;
}

function nested(path: readonly string[], value: unknown): unknown {
  return path.toReversed().reduce((inner: unknown, key) => ({ [key]: inner }), value);
}

/** Behind the last property of this object, written as its neighbours are. */
function withProperty(text: string, holder: Node, key: string, value: unknown): string {
  const last = holder.children?.at(-1);
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const outer = indentAt(text, holder.offset);
  const close = endOf(holder) - 1;
  if (last === undefined) {
    const inside = text.slice(holder.offset + 1, close).trimEnd();
    const indent = `${outer}${step(text)}`;
    const property = `${eol}${indent}${JSON.stringify(key)}: ${written(text, value, indent, false)}${eol}${outer}`;
    return splice(text, holder.offset + 1, close, `${inside}${property}`);
  }
  const end = endOf(last);
  if (isOneLine(text, holder)) {
    return splice(text, end, end, `, ${JSON.stringify(key)}: ${written(text, value, '', true)}`);
  }
  const comma = commaBehind(text, end);
  const from = comma === null ? end : comma + 1;
  // Behind a comment on the same line, which is about the neighbour.
  const [onLine = ''] = /^[ \t]*(?:\/\*[^\r\n]*?\*\/[ \t]*)*(?:\/\/[^\r\n]*)?(?=\r?\n)/.exec(text.slice(from)) ?? [];
  const indent = indentAt(text, last.offset);
  const property = `${eol}${indent}${JSON.stringify(key)}: ${written(text, value, indent, false)}${comma === null ? '' : ','}`;
  const behind = from + onLine.length;
  return `${text.slice(0, end)}${comma === null ? ',' : text.slice(end, from)}${onLine}${property}${text.slice(behind)}`;
}

/** The exact reverse of `withProperty` where ours is the last one; else as a person would take it out. */
function withoutProperty(text: string, property: Node): string {
  const siblings = property.parent?.children ?? [];
  const at = siblings.indexOf(property);
  const before = siblings[at - 1];
  const comma = commaBehind(text, endOf(property));
  const end = comma === null ? endOf(property) : comma + 1;
  const line = /\r?\n[ \t]*$/.exec(text.slice(0, property.offset));
  const isOwnLine = line !== null && /^[ \t]*(?:\/\/[^\r\n]*)?\r?\n/.test(text.slice(end));
  const start = isOwnLine ? line.index : property.offset;
  const space = isOwnLine || comma === null ? 0 : (/^[ \t]*/.exec(text.slice(end))?.[0].length ?? 0);
  const after = splice(text, start, end + space, '');
  if (before === undefined || comma !== null) return after;
  const left = commaBehind(text, endOf(before));
  if (left === null) return after;
  // On one line, with the space between them.
  return isOwnLine ? splice(after, left, left + 1, '') : splice(text, left, end, '');
}

/** Of the comma that follows, with nothing but space and comments before it; null where there is none. */
function commaBehind(text: string, end: number): number | null {
  const [trivia = ''] = /^(?:\s|\/\/[^\n]*|\/\*[^]*?\*\/)*/.exec(text.slice(end)) ?? [];
  const at = end + trivia.length;
  return text[at] === ',' ? at : null;
}

/** Short things are easier to read on one line. */
const fitting = 60;

function written(text: string, value: unknown, indent: string, onOneLine: boolean): string {
  const short = oneLineJson(value);
  if (onOneLine || short.length <= fitting || typeof value !== 'object' || value === null) return short;
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const deeper = `${indent}${step(text)}`;
  const inner = (item: unknown): string => written(text, item, deeper, false);
  const isList = Array.isArray(value);
  const parts = isList
    ? value.map(inner)
    : Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${inner(field)}`);
  const lines = parts.map((part) => `${eol}${deeper}${part}`).join(',');
  return isList ? `[${lines}${eol}${indent}]` : `{${lines}${eol}${indent}}`;
}

/** JSON on one line as a person would write it. */
export function oneLineJson(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(oneLineJson).join(', ')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const fields = Object.entries(value).map(([name, field]) => `${JSON.stringify(name)}: ${oneLineJson(field)}`);
  if (fields.length === 0) return '{}';
  return `{ ${fields.join(', ')} }`;
}

function isOneLine(text: string, node: Node): boolean {
  return (node.children?.length ?? 0) > 0 && !text.slice(node.offset, endOf(node)).includes('\n');
}

/** What one level is indented by in this file. */
function step(text: string): string {
  return /\n([ \t]+)\S/.exec(text)?.[1] ?? '  ';
}

function indentAt(text: string, offset: number): string {
  return /^[ \t]*/.exec(text.slice(text.lastIndexOf('\n', offset - 1) + 1))?.[0] ?? '';
}

function endOf({ offset, length }: Node): number {
  return offset + length;
}

function splice(text: string, start: number, end: number, replacement: string): string {
  return `${text.slice(0, start)}${replacement}${text.slice(end)}`;
}
