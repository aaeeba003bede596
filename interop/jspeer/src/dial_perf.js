// perf up, down, latency and setups.
import { Reader, write } from './bytes.js'
import { inParallel } from './dial_streams.js'
import { connect, makeNode } from './host.js'
import { Meter, latencies, mibPerSecond } from './meter.js'
import { ECHO, PERF, drain, u64, writeZeros } from './protocols.js'

const WARM_UP = 100

// Times one /perf/1.0.0 request, from the first byte written to the end of the answer.
export async function transfer (dialer, upload, download) {
  const stream = await dialer.open(PERF)
  const reader = new Reader(stream)
  const span = new Meter()
  await write(stream, u64(download))
  await writeZeros(stream, upload)
  await stream.close()
  const received = await drain(reader)
  if (received !== download) {
    throw new Error(`the listener sent ${received} bytes of ${download}`)
  }
  const [bytes, spent] = [upload + download, span.stop()]
  return { bytes, ...spent, mib_per_second: mibPerSecond(bytes, spent.seconds) }
}

// Sends one byte at a time through one echo stream.
export async function latency (dialer, count) {
  const stream = await dialer.open(ECHO)
  const reader = new Reader(stream)
  const samples = []
  let span = new Meter()
  for (let number = 0; number < WARM_UP + count; number++) {
    if (number === WARM_UP) {
      span = new Meter()
    }
    const start = performance.now()
    const sent = Buffer.from([number])
    await write(stream, sent)
    if (!(await reader.exactly(1)).equals(sent)) {
      throw new Error(`round trip ${number}: another byte came back`)
    }
    if (number >= WARM_UP) {
      samples.push(performance.now() - start)
    }
  }
  return { count, ...span.stop(), ...latencies(samples) }
}

// Dials, identifies and closes N times. Each of the connections in flight has a node of its own.
export async function setups (dialer, count) {
  const inFlight = dialer.options.inFlight
  const free = await Promise.all(Array.from({ length: inFlight }, () => makeNode(dialer.options)))
  const samples = []
  const span = new Meter()
  await inParallel(count, inFlight, async () => {
    const node = free.pop()
    const start = performance.now()
    const { peerId } = await connect(node, dialer.target)
    samples.push(performance.now() - start)
    await node.hangUp(peerId)
    free.push(node)
  })
  const spent = span.stop()
  return { count, in_flight: inFlight, ...spent, per_second: count / spent.seconds, ...latencies(samples) }
}
