// What every listener serves beside identify and ping; interop/README.md gives the bytes.
import { createHash } from 'node:crypto'
import { Reader, write } from './bytes.js'
import { emit } from './events.js'
import { Generator } from './generator.js'

export const ECHO = '/opwire/echo/1.0.0'
export const SINK = '/opwire/sink/1.0.0'
export const SOURCE = '/opwire/source/1.0.0'
export const PERF = '/perf/1.0.0'
export const PIECE = 64 << 10 // bytes written at once
export const NO_LIMIT = { maxInboundStreams: Infinity, maxOutboundStreams: Infinity }

const SERVED = { [ECHO]: echo, [SINK]: sink, [SOURCE]: source, [PERF]: perf }

export async function serveAll (node) {
  for (const [protocol, answer] of Object.entries(SERVED)) {
    await node.handle(protocol, (stream, connection) => serve(stream, connection, answer), NO_LIMIT)
  }
}

// Closes the stream when it was served and resets it when that fails.
async function serve (stream, connection, answer) {
  try {
    await answer(stream, new Reader(stream), connection.remotePeer.toString())
    await stream.close()
  } catch (problem) {
    process.stderr.write(`${stream.protocol} from ${connection.remotePeer}: ${problem.message}\n`)
    stream.abort(problem)
  }
}

async function echo (stream, reader) {
  for (let bytes = await reader.some(); bytes !== null; bytes = await reader.some()) {
    await write(stream, bytes)
  }
}

async function sink (stream, reader, peer) {
  const hash = createHash('sha256')
  let size = 0
  for (let bytes = await reader.some(); bytes !== null; bytes = await reader.some()) {
    hash.update(bytes)
    size += bytes.length
  }
  const digest = hash.digest()
  await write(stream, Buffer.concat([digest, u64(size)]))
  emit('sink', { peer, bytes: size, sha256: digest.toString('hex') })
}

async function source (stream, reader, peer) {
  const size = Number((await reader.exactly(8)).readBigUInt64BE())
  const generator = new Generator((await reader.exactly(8)).readBigUInt64BE())
  const hash = createHash('sha256')
  for (let left = size; left > 0; left -= PIECE) {
    const piece = generator.bytes(Math.min(left, PIECE))
    hash.update(piece)
    await write(stream, piece)
  }
  const digest = hash.digest()
  await write(stream, digest)
  emit('source', { peer, bytes: size, sha256: digest.toString('hex') })
}

async function perf (stream, reader) {
  const size = Number((await reader.exactly(8)).readBigUInt64BE())
  await drain(reader)
  await writeZeros(stream, size)
}

// Reads and forgets; how many bytes it were.
export async function drain (reader) {
  let size = 0
  for (let bytes = await reader.some(); bytes !== null; bytes = await reader.some()) {
    size += bytes.length
  }
  return size
}

export async function writeZeros (stream, size) {
  for (let left = size; left > 0; left -= PIECE) {
    await write(stream, Buffer.alloc(Math.min(left, PIECE)))
  }
}

export function u64 (number) {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64BE(BigInt(number))
  return bytes
}
