// streams N MAXOPEN: many short streams, some at once.
import { Reader, write } from './bytes.js'
import { Generator } from './generator.js'
import { Meter } from './meter.js'
import { ECHO, NO_LIMIT } from './protocols.js'

const LARGEST_ECHO = 4096

// Varies between 0 and LARGEST_ECHO; stream 0 carries nothing at all.
function echoSize (stream) {
  return (Math.imul(stream, 2654435761) >>> 0) % (LARGEST_ECHO + 1)
}

export async function streams (dialer, count, atOnce) {
  const { node, identified } = await dialer.connect()
  const span = new Meter()
  let bytes = 0
  await inParallel(count, atOnce, async number => {
    const echoed = await echoOnce(node, identified.peerId, number)
    bytes += echoed
  })
  const spent = span.stop()
  return { streams: count, max_open: atOnce, bytes, ...spent, streams_per_second: count / spent.seconds }
}

async function echoOnce (node, peer, number) {
  const stream = await node.dialProtocol(peer, ECHO, NO_LIMIT)
  const reader = new Reader(stream)
  const sent = new Generator(BigInt(number)).bytes(echoSize(number))
  if (sent.length > 0) {
    await write(stream, sent)
  }
  await stream.close()
  const received = await reader.exactly(sent.length)
  await reader.end()
  if (!received.equals(sent)) {
    throw new Error(`stream ${number}: other bytes came back`)
  }
  return sent.length
}

// Calls body(0) ... body(count - 1), at most so many at once. The first error ends it.
export async function inParallel (count, atOnce, body) {
  let next = 0
  const work = async () => {
    while (next < count) {
      await body(next++)
    }
  }
  await Promise.all(Array.from({ length: Math.min(count, atOnce) }, work))
}
