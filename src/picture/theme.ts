/** Colours and shapes. Each colour comes with a shape and a label; text has a contrast of at least 7. */
import { element, number, type Xml } from './svg';

export const INK = '#16202b';
export const DIM = '#4a5663';
export const SMALL = 10.5;
export const NORMAL = 12;

export type Shape =
  | 'ring'
  | 'play'
  | 'diamond'
  | 'square'
  | 'cross'
  | 'question'
  | 'person'
  | 'dot'
  | 'tick'
  | 'wait'
  | 'clock'
  | 'bell';

/** Each within 5 pixels of its centre; open shapes are stroked, closed ones filled. */
const SHAPES: Record<Shape, { d: string; isOpen?: true }> = {
  ring: { d: 'M-4 0a4 4 0 1 0 8 0a4 4 0 1 0 -8 0z', isOpen: true },
  play: { d: 'M-3.5 -4.5L4.5 0L-3.5 4.5z' },
  diamond: { d: 'M0 -5L5 0L0 5L-5 0z' },
  square: { d: 'M-4 -4h8v8h-8z' },
  cross: { d: 'M-4 -4L4 4M-4 4L4 -4', isOpen: true },
  question: { d: 'M-2.5 -2.5a2.5 2.5 0 1 1 3.5 2.3l-1 1.7M0 4.5v0.1', isOpen: true },
  person: { d: 'M-2 -3a2 2 0 1 0 4 0a2 2 0 1 0 -4 0zM-4.5 5a4.5 4.5 0 0 1 9 0z' },
  dot: { d: 'M-3 0a3 3 0 1 0 6 0a3 3 0 1 0 -6 0z' },
  tick: { d: 'M-4.5 0L-1.5 3.5L4.5 -4', isOpen: true },
  wait: { d: 'M-3.5 -4.5h7L-3.5 4.5h7z', isOpen: true },
  clock: { d: 'M-4.5 0a4.5 4.5 0 1 0 9 0a4.5 4.5 0 1 0 -9 0zM0 -2.8V0L2 1.5', isOpen: true },
  bell: { d: 'M0 -5L5 4.5H-5zM0 -1.5V1.2M0 2.8v0.1', isOpen: true },
};

export interface Style {
  shape: Shape;
  /** Colour of the shape. */
  strong: string;
  /** Colour of a bar, under text in {@link INK}. */
  soft: string;
}

const STATUSES: Readonly<Record<string, Style>> = {
  NEW: { shape: 'ring', strong: '#5a6675', soft: '#dfe5ec' },
  PROCESSING: { shape: 'play', strong: '#0b63b0', soft: '#b9dafa' },
  FILLED: { shape: 'diamond', strong: '#8a5a00', soft: '#f6dd97' },
  SETTLED: { shape: 'square', strong: '#0a6b3d', soft: '#a9e0bf' },
  CANCELLED: { shape: 'cross', strong: '#b3261e', soft: '#f7c3bb' },
};
const UNKNOWN: Style = { shape: 'question', strong: '#5a6675', soft: '#eceff3' };

export function styleOf(status: string | undefined): Style {
  return Object.entries(STATUSES).find(([name]) => name === status)?.[1] ?? UNKNOWN;
}

export const OPERATOR: Style = { shape: 'person', strong: '#7a2a8c', soft: '#f3e3f7' };
export const COORDINATOR: Style = { shape: 'dot', strong: '#5a6675', soft: '#eceff3' };
export const ACCEPTED: Style = { shape: 'tick', strong: '#0a6b3d', soft: '#ffffff' };
export const REJECTED: Style = { shape: 'cross', strong: '#b3261e', soft: '#ffffff' };
export const PENDING: Style = { shape: 'wait', strong: '#5a6675', soft: '#ffffff' };
export const CHECK: Style = { shape: 'clock', strong: '#5b4bb3', soft: '#ffffff' };
export const ATTENTION: Style = { shape: 'bell', strong: '#b3261e', soft: '#ffffff' };

/** A shape centred at a point; `title` is its tooltip. */
export function mark(style: Style, x: number, y: number, title?: string): Xml {
  const { d, isOpen } = SHAPES[style.shape];
  return element(
    'path',
    {
      d,
      transform: `translate(${number(x)} ${number(y)})`,
      fill: isOpen ? 'none' : style.strong,
      stroke: style.strong,
      'stroke-width': isOpen ? 1.8 : 1,
      class: 'mark',
    },
    title === undefined ? undefined : element('title', {}, title),
  );
}

/** Keeps lines behind text at a distance. */
const HALO = { stroke: '#ffffff', 'stroke-width': 3, 'paint-order': 'stroke', 'stroke-linejoin': 'round' };

export interface TextOptions {
  size?: number;
  anchor?: 'end' | 'middle';
  weight?: 'bold';
  isDim?: true;
  /** On a status colour instead of the background: dark in both themes. */
  isOnBar?: true;
}

export function textAt(content: string, x: number, y: number, options: TextOptions = {}): Xml {
  const { size = SMALL, anchor, weight, isDim, isOnBar } = options;
  return element(
    'text',
    {
      x,
      y,
      'font-size': size,
      'text-anchor': anchor,
      'font-weight': weight,
      fill: isDim ? DIM : INK,
      ...(!isOnBar && { class: isDim ? 'dim' : 'ink', ...HALO }),
    },
    content,
  );
}
