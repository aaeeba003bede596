// Serves until stdin closes or says {"cmd":"quit"}.
import { createInterface } from 'node:readline'
import { setTimeout as sleep } from 'node:timers/promises'
import { emit } from './events.js'
import { startNode } from './node.js'
import { parseRecord } from './options.js'
import { onChain } from './record.js'

const LOOKUP_INTERVAL_MS = 200 // in a walk: one in an empty table ends at once
const started = process.cpuUsage()

export async function listen (options) {
  const node = await startNode(options)
  emit('ready', { enr: node.enr.encodeTxt(), id: node.enr.nodeId, port: node.enr.udp })
  join(node, options.bootnodes)
  await followCommands(node)
  await node.stop()
}

// The library does nothing with the nodes in its table until something is looked up: here, as usual, the own id.
function join (node, bootnodes) {
  for (const bootnode of bootnodes) {
    node.addEnr(bootnode)
  }
  if (bootnodes.length > 0) {
    node.findNode(node.enr.nodeId).catch(problem => process.stderr.write(`lookup: ${problem.message}\n`))
  }
}

// A command that fails is answered with an error event.
async function followCommands (node) {
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
      await obey(node, command)
    } catch (problem) {
      emit('error', { cmd: command?.cmd, error: problem.message })
    }
  }
}

async function obey (node, command) {
  switch (command.cmd) {
    case 'ping': return await ping(node, command)
    case 'findnode': return emit('nodes', {
      enrs: texts(await node.sendFindNode(parseRecord(command.enr), command.distances))
    })
    case 'talk': return await talk(node, command)
    case 'lookup': return await lookUp(node, command)
    case 'random_walk': return emit('walk', { enrs: texts(await randomWalk(node, command)) })
    case 'table': return emit('table', { enrs: texts(node.kadValues()) })
    case 'self': return emit('self', { enr: node.enr.encodeTxt() })
    case 'stats': return emitStats()
    default: throw new Error(`unknown command ${command.cmd}`)
  }
}

const texts = records => records.map(record => record.encodeTxt())

async function ping (node, command) {
  const start = performance.now()
  const { enrSeq, addr } = await node.sendPing(parseRecord(command.enr))
  emit('pong', {
    seq: Number(enrSeq), ip: addr.ip.octets.join('.'), port: addr.port, ms: performance.now() - start
  })
}

async function talk (node, command) {
  const request = Buffer.from(command.hex, 'hex')
  const answer = await node.sendTalkReq(parseRecord(command.enr), request, command.protocol)
  emit('talk', { hex: Buffer.from(answer).toString('hex') })
}

async function lookUp (node, command) {
  const start = performance.now()
  const found = await (command.target === undefined ? node.findRandomNode() : node.findNode(parseId(command.target)))
  emit('lookup', { enrs: texts(found), ms: performance.now() - start })
}

function parseId (text) {
  const id = text.replace(/^0x/, '').toLowerCase()
  if (!/^[0-9a-f]{64}$/.test(id)) {
    throw new Error(`${text} is no node id`)
  }
  return id
}

async function randomWalk (node, { seconds, chain }) {
  const end = performance.now() + seconds * 1000
  const found = new Map()
  while (performance.now() < end) {
    const next = Math.min(performance.now() + LOOKUP_INTERVAL_MS, end)
    const records = await Promise.race([node.findRandomNode(), sleep(end - performance.now(), [])])
    for (const record of records) {
      if (!chain || onChain(record, BigInt(chain))) {
        found.set(record.nodeId, record)
      }
    }
    await sleep(Math.max(0, next - performance.now()))
  }
  return [...found.values()]
}

function emitStats () {
  const { user, system } = process.cpuUsage(started)
  emit('stats', { cpu_seconds: (user + system) / 1e6, rss_bytes: process.memoryUsage.rss() })
}
