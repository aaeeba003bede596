// A discv5 peer on @chainsafe/discv5 for interop tests. interop/README.md describes its commands and its JSON lines.
import { listen } from './listen.js'
import { parse } from './options.js'

const FAILED = 1
const WRONG_COMMAND_LINE = 2
const USAGE = `jsdisc listen [--ip 127.0.0.1] [--port 0] [--key HEX] [--chain N] [--bootnodes ENR,...]
                                     serve until stdin closes or says {"cmd":"quit"}
`

let options
try {
  options = parse(process.argv.slice(2))
} catch (problem) {
  process.stderr.write(`jsdisc: ${problem.message}\n\n${USAGE}`)
  process.exit(WRONG_COMMAND_LINE)
}
try {
  await listen(options)
  process.exit(0) // whatever else the library still waits for
} catch (problem) {
  process.stderr.write(`jsdisc: ${problem.stack}\n`)
  process.exit(FAILED)
}
