// The part of Grafana's dashboard JSON that the live page draws, and what panels receive to draw.

export interface Dashboard {
  title: string;
  description?: string;
  panels: Panel[];
  templating?: { list: Variable[] };
  annotations?: { list: Annotation[] };
}

export interface Variable {
  type: string;
  name: string;
  label?: string;
  query?: unknown;
  multi?: boolean;
  includeAll?: boolean;
  allValue?: string;
}

export interface Annotation {
  name: string;
  enable: boolean;
  iconColor: string;
  expr?: string;
  titleFormat?: string;
  useValueForTime?: boolean;
}

export interface Panel {
  id: number;
  type: string;
  title?: string;
  description?: string;
  gridPos: { x: number; y: number; w: number; h: number };
  targets?: Target[];
  fieldConfig?: { defaults: FieldDefaults; overrides: Override[] };
  options?: Record<string, unknown>;
  transformations?: { id: string; options: Record<string, unknown> }[];
}

export interface Target {
  refId: string;
  expr: string;
  legendFormat?: string;
  instant?: boolean;
}

export interface FieldDefaults {
  unit?: string;
  decimals?: number;
  min?: number;
  max?: number;
  thresholds?: { steps: { value: number | null; color: string }[] };
  custom?: Record<string, unknown>;
}

export interface Override {
  matcher: { id: string; options?: unknown };
  properties: { id: string; value?: unknown }[];
}

export type Labels = Readonly<Record<string, string>>;

/**
 * One series of an answer; an instant one has a single point. Times are seconds since the epoch.
 */
export interface Series {
  refId: string;
  name: string;
  labels: Labels;
  times: number[];
  values: number[];
}

/** A moment to mark. */
export interface Moment {
  seconds: number;
  text: string;
  color: string;
}

export interface Window {
  startSeconds: number;
  endSeconds: number;
  stepSeconds: number;
}

/** Draws a panel of one type into an element. */
export interface View {
  /** False when there was nothing to draw. */
  update(series: Series[], window: Window, moments: Moment[]): boolean;
  destroy(): void;
}

export type CreateView = (panel: Panel, body: HTMLElement) => View;
