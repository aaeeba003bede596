// One test against a listener, one result line.
import { emit } from './events.js'
import { connect, makeNode } from './host.js'
import { count } from './options.js'
import { NO_LIMIT } from './protocols.js'
import { identify, ping } from './dial_basic.js'
import { bulkDown, bulkUp } from './dial_bulk.js'
import { latency, setups, transfer } from './dial_perf.js'
import { streams } from './dial_streams.js'

const TESTS = {
  identify: [0, identify],
  ping: [1, ping],
  'bulk up': [1, bulkUp],
  'bulk down': [1, bulkDown],
  streams: [2, streams],
  'perf up': [1, (dialer, size) => transfer(dialer, size, 0)],
  'perf down': [1, (dialer, size) => transfer(dialer, 0, size)],
  'perf latency': [1, latency],
  'perf setups': [1, setups]
}

export async function run (options) {
  const [target, ...words] = options.arguments
  const name = [words.slice(0, 2).join(' '), words[0]].find(name => name in TESTS)
  if (name === undefined) {
    throw new Error(`unknown test '${words.join(' ')}'`)
  }
  const [wanted, test] = TESTS[name]
  const numbers = words.slice(name.split(' ').length).map(count)
  if (numbers.length !== wanted) {
    throw new Error(`${name} takes ${wanted} numbers`)
  }
  try {
    const result = await inTime(test(new Dialer(options, target), ...numbers), options.timeoutMs)
    emit('result', { test: name, ok: true, ...result })
  } catch (problem) {
    emit('result', { test: name, ok: false, error: problem.message })
    throw problem
  }
}

async function inTime (outcome, limitMs) {
  const { promise, reject } = Promise.withResolvers()
  setTimeout(() => reject(new Error('the test did not end in time')), limitMs).unref()
  return await Promise.race([outcome, promise])
}

// One run of one test.
class Dialer {
  constructor (options, target) {
    this.options = options
    this.target = target
  }

  // A node that is connected to the target, and the target's identify event.
  async connect () {
    const node = await makeNode(this.options)
    return { node, identified: await connect(node, this.target) }
  }

  async open (protocol) {
    const { node, identified } = await this.connect()
    return await node.dialProtocol(identified.peerId, protocol, NO_LIMIT)
  }
}
