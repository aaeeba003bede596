// Serves until stdin closes or says {"cmd":"quit"}.
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { emit } from './events.js'
import { emitScores, follow, publish } from './gossip.js'
import { connect, describeConnection, makeNode } from './host.js'
import { serveAll } from './protocols.js'

const WATCH_INTERVAL_MS = 50
const GRAFT_TIME_MS = 2000 // from a join until both sides have grafted
const started = process.cpuUsage()

export async function run (options) {
  if (options.arguments.length > 0) {
    throw new Error('listen takes no arguments')
  }
  const node = await makeNode(options, [options.listen])
  await serveAll(node)
  if (options.gossip.topics.length > 0) {
    startGossip(node.services.pubsub, options.gossip)
  }
  emit('ready', { id: node.peerId.toString(), addrs: node.getMultiaddrs().map(String) })
  for (const address of options.connect) {
    await connectTo(node, address)
  }
  await followCommands(node, options.gossip)
  await node.stop()
}

async function connectTo (node, address) {
  const { peerId } = await connect(node, address)
  emit('connected', { peer: peerId.toString() })
}

function startGossip (pubsub, { topics, opIds, publish: count, size, intervalMs }) {
  let waiting = count > 0
  follow(pubsub, topics, async () => {
    if (waiting) {
      waiting = false
      await sleep(GRAFT_TIME_MS)
      await publish(pubsub, { topic: topics[0], count, size, intervalMs, snappy: opIds })
    }
  })
  watchPeers(pubsub)
}

// js-libp2p tells nothing when a peer turns out to speak gossipsub.
function watchPeers (pubsub) {
  const known = new Set()
  setInterval(() => {
    for (const [peer, stream] of pubsub.streamsOutbound) {
      if (!known.has(peer)) {
        known.add(peer)
        emit('peer', { peer, change: 'added', protocol: stream.protocol })
      }
    }
    for (const peer of known) {
      if (!pubsub.streamsOutbound.has(peer)) {
        known.delete(peer)
        emit('peer', { peer, change: 'removed' })
      }
    }
  }, WATCH_INTERVAL_MS).unref()
}

// A command that fails is answered with an error event.
async function followCommands (node, gossip) {
  for await (const line of createInterface({ input: process.stdin })) {
    if (line === '') {
      continue
    }
    let command = {}
    try {
      command = JSON.parse(line)
      if (command.cmd === 'quit') {
        return
      }
      await obey(node, gossip, command)
    } catch (problem) {
      emit('error', { cmd: command.cmd, error: problem.message })
    }
  }
}

async function obey (node, gossip, command) {
  switch (command.cmd) {
    case 'stats': return emitStats(node)
    case 'connections': return emit('connections', { connections: node.getConnections().map(describeConnection) })
    case 'connect': return await connectTo(node, command.addr)
    case 'scores': return emitScores(node.services.pubsub)
    case 'publish': return await publish(node.services.pubsub, {
      topic: command.topic ?? gossip.topics[0],
      count: command.count,
      size: command.size,
      intervalMs: command.interval_ms ?? 0,
      snappy: gossip.opIds
    })
    default: throw new Error(`unknown command ${command.cmd}`)
  }
}

function emitStats (node) {
  const { user, system } = process.cpuUsage(started)
  const connections = node.getConnections()
  emit('stats', {
    cpu_seconds: (user + system) / 1e6,
    rss_bytes: process.memoryUsage.rss(),
    connections: connections.length,
    streams: connections.reduce((sum, connection) => sum + connection.streams.length, 0)
  })
}
