// A libp2p peer on js-libp2p for interop tests and side-by-side measurements. interop/README.md describes its commands,
// its JSON lines and the bytes of its protocols.
import './with_resolvers.js'
import { parse } from './options.js'

const FAILED = 1
const WRONG_COMMAND_LINE = 2
const USAGE = `jspeer listen [flags]                        serve until stdin closes or says {"cmd":"quit"}
jspeer dial [flags] MULTIADDR TEST [args]    run one test against a listener, print one JSON line

tests: identify | ping N | bulk up|down BYTES | streams N MAXOPEN | perf up|down BYTES | perf latency N |
       perf setups N
`

let options
try {
  options = parse(process.argv.slice(2))
} catch (problem) {
  process.stderr.write(`jspeer: ${problem.message}\n\n${USAGE}`)
  process.exit(WRONG_COMMAND_LINE)
}
try {
  const { run } = await import(`./${options.command}.js`)
  await run(options)
  process.exit(0) // whatever else js-libp2p still waits for
} catch (problem) {
  process.stderr.write(`jspeer: ${problem.stack}\n`)
  process.exit(FAILED)
}
