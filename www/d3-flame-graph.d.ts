/** What the page uses of d3-flame-graph and d3-selection, which have no declarations of their own. */
declare module "d3-flame-graph" {
  type Node = { data: import("./app/recorded.js").Frame & { fade?: boolean }; highlight?: boolean };
  interface Chart {
    (selection: unknown): void;
    width(pixels: number): Chart;
    height(pixels: number): Chart;
    cellHeight(pixels: number): Chart;
    inverted(isInverted: boolean): Chart;
    selfValue(isSelf: boolean): Chart;
    minFrameSize(pixels: number): Chart;
    transitionDuration(milliseconds: number): Chart;
    getName(name: (node: Node) => string): Chart;
    setLabelHandler(label: (node: Node) => string): Chart;
    setColorMapper(color: (node: Node) => string): Chart;
    setSearchMatch(match: (node: Node, term: string) => boolean): Chart;
    setSearchHandler(take: (results: Node[]) => void): Chart;
    onHover(take: (node: Node) => void): Chart;
    onClick(take: (node: Node) => void): Chart;
    search(term: string): void;
    clear(): void;
    resetZoom(): void;
    update(): Chart;
    destroy(): Chart;
  }
  export default function flamegraph(): Chart;
}

declare module "d3-selection" {
  interface Selection {
    datum(data: unknown): Selection;
    call(take: (selection: unknown) => void): Selection;
  }
  export function select(element: Element): Selection;
}
