/** Whether every pair of colours can be read. */
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const css = readFileSync(join(import.meta.dirname, 'tokens.css'), 'utf8');
const [light = '', dark = ''] = css.split('@media (prefers-color-scheme: dark)');

function tokens(text: string): Map<string, number> {
  const found = text.matchAll(/--([a-z-]+): oklch\(([\d.]+) ([\d.]+) ([\d.]+)\);/g);
  return new Map([...found].map(([, name = '', l, c, h]) => [name, luminance(Number(l), Number(c), Number(h))]));
}

/** Relative luminance (WCAG 2) of an OKLCH colour, clipped to sRGB (CSS Color 4). */
function luminance(l: number, chroma: number, hue: number): number {
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const [x, y, z] = [
    (l + 0.3963377774 * a + 0.2158037573 * b) ** 3,
    (l - 0.1055613458 * a - 0.0638541728 * b) ** 3,
    (l - 0.0894841775 * a - 1.291485548 * b) ** 3,
  ];
  const clip = (value: number) => Math.min(1, Math.max(0, value));
  return (
    0.2126 * clip(4.0767416621 * x - 3.3077115913 * y + 0.2309699292 * z) +
    0.7152 * clip(-1.2684380046 * x + 2.6097574011 * y - 0.3413193965 * z) +
    0.0722 * clip(-0.0041960863 * x - 0.7034186147 * y + 1.707614701 * z)
  );
}

const grounds = ['paper', 'surface', 'sunken'];
const text = ['ink', 'ink-quiet', 'accent', 'waiting', 'done', 'danger'].flatMap((name) => grounds.map((ground) => [name, ground]));
const pairs: [string, string, number][] = [
  ...text.map(([name = '', ground = '']): [string, string, number] => [name, ground, 4.5]),
  ['ink', 'accent-soft', 4.5],
  ['ink-quiet', 'accent-soft', 4.5],
  ['waiting', 'accent-soft', 4.5],
  ['done', 'accent-soft', 4.5],
  ['ink', 'waiting-soft', 4.5],
  ['waiting', 'waiting-soft', 3],
  ['ink', 'danger-soft', 4.5],
  ['on-accent', 'accent-fill', 4.5],
  ['on-danger', 'danger-fill', 4.5],
  ['paper', 'ink', 4.5],
  ['edge', 'paper', 3],
  ['edge', 'surface', 3],
  ['accent-fill', 'paper', 3],
  ['surface', 'edge', 3],
];

describe.each([
  ['light', tokens(light)],
  ['dark', new Map([...tokens(light), ...tokens(dark)])],
])('%s', (_, known) => {
  it('gives the same names', () => {
    const colours = (part: string) => [...part.matchAll(/--([a-z-]+): oklch/g)].map((found) => found[1]);
    expect(colours(dark)).toEqual(colours(light));
  });

  it.each(pairs)('%s on %s is at least %d', (name, ground, least) => {
    const [one, other] = [known.get(name) ?? Number.NaN, known.get(ground) ?? Number.NaN];
    expect((Math.max(one, other) + 0.05) / (Math.min(one, other) + 0.05)).toBeGreaterThanOrEqual(least);
  });
});

it('a filled button is mixed with black under the pointer, in both themes', () => {
  const button = readFileSync(join(import.meta.dirname, '../shared/Button.svelte'), 'utf8');
  const mixed = [...button.matchAll(/color-mix\(in oklab, var\(--[a-z]+-fill\), ([^ ]+) /g)].map((found) => found[1]);
  expect(mixed).toEqual(['black', 'black']);
});
