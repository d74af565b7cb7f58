/** The part of dagre that is used: its own types name a package that it bundles. */
declare module '@dagrejs/dagre' {
  export namespace graphlib {
    class Graph {
      setGraph(label: object): void;
      setDefaultEdgeLabel(label: () => object): void;
      setNode(id: string, label: object): void;
      setEdge(from: string, to: string): void;
      node(id: string): unknown;
    }
  }
  export function layout(graph: graphlib.Graph): void;
}
