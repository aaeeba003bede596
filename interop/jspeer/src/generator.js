// The pseudo-random bytes that /opwire/source/1.0.0 sends and bulk tests compare with: xorshift64*, little-endian. Its
// 64-bit words are pairs of 32-bit ones, since BigInt is twenty times slower.

const ZERO_SEED = 0x9e3779b97f4a7c15n // xorshift cannot start from zero
const FACTOR = 0x2545f4914f6cdd1dn
const FACTOR_HIGH = Number(FACTOR >> 32n)
const FACTOR_LOW = Number(FACTOR & 0xffffffffn)
const FACTOR_UPPER = FACTOR_LOW >>> 16 // halves of its low word
const FACTOR_LOWER = FACTOR_LOW & 0xffff

export class Generator {
  #high
  #low
  #word = Buffer.alloc(8)
  #left = 0 // bytes of the word not handed out yet, at its end

  constructor (seed) {
    seed = seed === 0n ? ZERO_SEED : seed
    this.#high = Number(seed >> 32n)
    this.#low = Number(seed & 0xffffffffn)
  }

  // The next bytes.
  bytes (size) {
    const into = Buffer.alloc(size)
    let filled = Math.min(this.#left, size)
    this.#word.copy(into, 0, 8 - this.#left, 8 - this.#left + filled)
    this.#left -= filled
    for (; size - filled >= 8; filled += 8) {
      this.#next(into, filled)
    }
    if (filled < size) {
      this.#next(this.#word, 0)
      this.#word.copy(into, filled, 0, size - filled)
      this.#left = 8 - (size - filled)
    }
    return into
  }

  #next (into, at) {
    this.#step()
    const [high, low] = [this.#high, this.#low]
    const [upper, lower] = [low >>> 16, low & 0xffff]
    const first = lower * FACTOR_LOWER
    const second = lower * FACTOR_UPPER
    const third = upper * FACTOR_LOWER
    const middle = (first >>> 16) + (second & 0xffff) + (third & 0xffff)
    const carried = upper * FACTOR_UPPER + (second >>> 16) + (third >>> 16) + (middle >>> 16)
    into.writeUInt32LE(((middle << 16) | (first & 0xffff)) >>> 0, at)
    into.writeUInt32LE((carried + Math.imul(low, FACTOR_HIGH) + Math.imul(high, FACTOR_LOW)) >>> 0, at + 4)
  }

  #step () {
    let [high, low] = [this.#high, this.#low]
    low ^= (low >>> 12) | (high << 20)
    high ^= high >>> 12
    high ^= (high << 25) | (low >>> 7)
    low ^= low << 25
    low ^= (low >>> 27) | (high << 5)
    high ^= high >>> 27
    this.#high = high >>> 0
    this.#low = low >>> 0
  }
}
