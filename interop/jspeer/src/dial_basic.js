// identify and ping.
import { makeNode, connect, describeConnection } from './host.js'
import { Meter, latencies } from './meter.js'

// What the listener's identify message said.
export async function identify (dialer) {
  const node = await makeNode(dialer.options)
  const span = new Meter()
  const said = await connect(node, dialer.target)
  const { peer: id, ...connection } = describeConnection(said.connection)
  delete connection.direction
  return {
    id,
    agent: said.agentVersion,
    protocol_version: said.protocolVersion ?? '',
    protocols: said.protocols.toSorted(),
    addrs: said.listenAddrs.map(String),
    observed: said.observedAddr?.toString(),
    signed_record: said.signedPeerRecord !== undefined,
    ...connection,
    ...span.stop()
  }
}

// N round trips of js-libp2p's own ping, which opens a stream for each.
export async function ping (dialer, count) {
  const { node, identified } = await dialer.connect()
  const span = new Meter()
  const samples = []
  while (samples.length < count) {
    const start = performance.now()
    await node.services.ping.ping(identified.peerId)
    samples.push(performance.now() - start)
  }
  return { count, ...span.stop(), ...latencies(samples) }
}
