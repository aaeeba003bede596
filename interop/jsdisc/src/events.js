// One JSON object per line on stdout.
import { writeSync } from 'node:fs'

// Prints {"event": name, ...fields} at once.
export function emit (name, fields) {
  const line = Buffer.from(JSON.stringify({ event: name, ...fields }) + '\n')
  for (let written = 0; written < line.length;) {
    try {
      written += writeSync(1, line, written)
    } catch (problem) {
      if (problem.code !== 'EAGAIN') { // a full pipe
        throw problem
      }
    }
  }
}
