/** Parcels gathered for consolidation, with what must and must not be taken. */
class Basket {
  codes = $state.raw<string[]>([])
  pins = $state.raw<string[]>([])
  bans = $state.raw<string[]>([])

  add(codes: readonly string[]): void {
    this.codes = [...new Set([...this.codes, ...codes])]
  }
  clear(): void {
    this.codes = []
  }
  pin(codes: readonly string[]): void {
    this.bans = this.bans.filter((c) => !codes.includes(c))
    this.pins = toggle(this.pins, codes)
  }
  ban(codes: readonly string[]): void {
    this.pins = this.pins.filter((c) => !codes.includes(c))
    this.bans = toggle(this.bans, codes)
  }
}

/** All in: out. Otherwise: all in. */
const toggle = (list: readonly string[], codes: readonly string[]): string[] =>
  codes.every((c) => list.includes(c)) ? list.filter((c) => !codes.includes(c)) : [...new Set([...list, ...codes])]

export const basket = new Basket()
