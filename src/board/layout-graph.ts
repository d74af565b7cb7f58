/** Where each node of a graph stands. A file of its own: dagre is fetched when somebody looks at a graph. */
import { graphlib, layout } from '@dagrejs/dagre';
import type { GraphEdge, GraphNode } from '../views/pages/page.ts';

export interface NodePlace {
  /** Of its middle. */
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

export interface GraphLayout {
  readonly width: number;
  readonly height: number;
  readonly nodes: ReadonlyMap<string, NodePlace>;
  readonly edges: readonly { readonly from: string; readonly to: string; readonly path: string }[];
}

const size = { width: 180, height: 64 };
const margin = 8;
const gap = 20;
const inRow = 5;

/** Chains left to right; what is linked with nothing stands in rows below them. */
export function layOut(nodes: readonly GraphNode[], edges: readonly GraphEdge[]): GraphLayout {
  const linked = new Set(edges.flatMap(({ from, to }) => [from, to]));
  const graph = new graphlib.Graph();
  graph.setGraph({ rankdir: 'LR', nodesep: gap, ranksep: 40, marginx: margin, marginy: margin });
  graph.setDefaultEdgeLabel(() => ({}));
  for (const { id } of nodes) if (linked.has(id)) graph.setNode(id, { ...size });
  for (const { from, to } of edges) graph.setEdge(from, to);
  layout(graph);
  const places = new Map([...linked].map((id) => [id, placeOf(graph.node(id))]));
  const below = Math.max(margin, ...[...places.values()].map(({ y }) => y + size.height / 2 + gap));
  for (const [index, { id }] of nodes.filter((node) => !linked.has(node.id)).entries()) {
    const [row, column] = [Math.floor(index / inRow), index % inRow];
    const x = margin + size.width / 2 + column * (size.width + gap);
    places.set(id, { x, y: below + size.height / 2 + row * (size.height + gap), ...size });
  }
  const right = Math.max(size.width, ...[...places.values()].map(({ x }) => x + size.width / 2));
  const bottom = Math.max(size.height, ...[...places.values()].map(({ y }) => y + size.height / 2));
  return {
    width: right + margin,
    height: bottom + margin,
    nodes: places,
    edges: edges.map(({ from, to }) => ({ from, to, path: curve(places.get(from), places.get(to)) })),
  };
}

function placeOf(given: unknown): NodePlace {
  const number = (name: string): number => {
    const value: unknown = typeof given === 'object' && given !== null ? Reflect.get(given, name) : undefined;
    return typeof value === 'number' ? value : 0;
  };
  return { x: number('x'), y: number('y'), ...size };
}

/** From the right edge of one to the left edge of the other. */
function curve(from: NodePlace | undefined, to: NodePlace | undefined): string {
  if (from === undefined || to === undefined) return '';
  const [x1, x2] = [from.x + from.width / 2, to.x - to.width / 2 - 1];
  const middle = (x1 + x2) / 2;
  return `M${x1} ${from.y}C${middle} ${from.y} ${middle} ${to.y} ${x2} ${to.y}`;
}
