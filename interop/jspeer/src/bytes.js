// Reading and writing streams by the byte: js-libp2p's own are event emitters.

const ENOUGH = 1 << 20 // bytes waiting for the reader at which the peer is slowed down

export class Reader {
  #stream
  #waiting = []
  #size = 0
  #ended = false
  #error
  #wake = () => {}

  constructor (stream) {
    this.#stream = stream
    this.#notice()
    stream.addEventListener('message', event => this.#onMessage(event.data.subarray()))
    stream.addEventListener('end', () => this.#notice())
    stream.addEventListener('close', event => this.#notice(event.error))
  }

  // At most so many bytes; null at the end of the stream.
  async some (most = Infinity) {
    while (this.#size === 0 && !this.#ended) {
      await new Promise(resolve => { this.#wake = resolve })
    }
    if (this.#size === 0) {
      if (this.#error !== undefined) {
        throw this.#error
      }
      return null
    }
    return this.#take(most)
  }

  async exactly (size) {
    const parts = []
    for (let left = size; left > 0;) {
      const part = await this.some(left)
      if (part === null) {
        throw new Error(`the stream ended ${left} bytes too early`)
      }
      parts.push(part)
      left -= part.length
    }
    return Buffer.concat(parts)
  }

  // The end of the stream, with nothing before it.
  async end () {
    if (await this.some() !== null) {
      throw new Error('the peer sent more than it should')
    }
  }

  #take (most) {
    const first = this.#waiting.shift()
    if (first.length > most) {
      this.#waiting.unshift(first.subarray(most))
    }
    const part = first.subarray(0, most)
    this.#size -= part.length
    if (this.#size === 0 && this.#stream.readStatus === 'paused') {
      this.#stream.resume()
    }
    return part
  }

  #onMessage (bytes) {
    this.#waiting.push(bytes)
    this.#size += bytes.length
    if (this.#size >= ENOUGH && this.#stream.readStatus === 'readable') {
      this.#stream.pause()
    }
    this.#notice()
  }

  // The end comes once, and bytes that came together with the stream's protocol come after it.
  #notice (error) {
    this.#error ??= error
    this.#ended = error !== undefined || (this.#stream.readableEnded && this.#stream.readBufferLength === 0)
    this.#wake()
  }
}

export async function write (stream, bytes) {
  if (!stream.send(bytes)) {
    await stream.onDrain()
  }
}
