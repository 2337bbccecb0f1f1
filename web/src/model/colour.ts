/** `share` of the first colour in the second; both as #rgb or #rrggbb. */
export function mix(a: string, b: string, share: number): string {
  const parts = (h: string): number[] =>
    [1, 3, 5].map((i) => parseInt(h.length === 4 ? h[(i + 1) / 2]!.repeat(2) : h.slice(i, i + 2), 16))
  const [x, y] = [parts(a), parts(b)]
  return `#${x
    .map((v, i) =>
      Math.round(v * share + y[i]! * (1 - share))
        .toString(16)
        .padStart(2, '0'),
    )
    .join('')}`
}
