// bulk up and down: one long stream, checked on both sides.
import { createHash, randomBytes } from 'node:crypto'
import { Reader, write } from './bytes.js'
import { Generator } from './generator.js'
import { Meter, mibPerSecond } from './meter.js'
import { PIECE, SINK, SOURCE, u64 } from './protocols.js'

// Sends the generator's bytes to the sink and compares the sink's hash and length.
export async function bulkUp (dialer, size) {
  const stream = await dialer.open(SINK)
  const reader = new Reader(stream)
  const generator = new Generator(randomBytes(8).readBigUInt64BE())
  const hash = createHash('sha256')
  const span = new Meter()
  for (let left = size; left > 0; left -= PIECE) {
    const piece = generator.bytes(Math.min(left, PIECE))
    hash.update(piece)
    await write(stream, piece)
  }
  await stream.close()
  const theirs = await reader.exactly(32)
  const received = Number((await reader.exactly(8)).readBigUInt64BE())
  await reader.end()
  if (received !== size) {
    throw new Error(`the sink read ${received} bytes of ${size}`)
  }
  return bulkResult(span, size, hash.digest('hex'), theirs.toString('hex'))
}

// Asks the source for the bytes of a seed and compares each with the generator.
export async function bulkDown (dialer, size) {
  const stream = await dialer.open(SOURCE)
  const reader = new Reader(stream)
  const seed = randomBytes(8)
  const generator = new Generator(seed.readBigUInt64BE())
  const hash = createHash('sha256')
  const span = new Meter()
  await write(stream, Buffer.concat([u64(size), seed]))
  await stream.close()
  for (let left = size; left > 0;) {
    const got = await reader.some(left)
    if (got === null) {
      throw new Error(`the source sent ${size - left} bytes of ${size}`)
    }
    if (!generator.bytes(got.length).equals(got)) {
      throw new Error(`the bytes from offset ${size - left} on are not the generator's`)
    }
    hash.update(got)
    left -= got.length
  }
  const theirs = await reader.exactly(32)
  await reader.end()
  return bulkResult(span, size, hash.digest('hex'), theirs.toString('hex'))
}

function bulkResult (span, size, ours, theirs) {
  if (ours !== theirs) {
    throw new Error(`hash differs: ${ours} here, ${theirs} there`)
  }
  const spent = span.stop()
  return { bytes: size, sha256: ours, ...spent, mib_per_second: mibPerSecond(size, spent.seconds) }
}
