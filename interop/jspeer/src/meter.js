// What a span of this process cost.

export class Meter {
  #wall = performance.now()
  #cpu = process.cpuUsage()

  // Wall seconds, and user and system time of all threads.
  stop () {
    const { user, system } = process.cpuUsage(this.#cpu)
    return { seconds: (performance.now() - this.#wall) / 1e3, cpu_seconds: (user + system) / 1e6 }
  }
}

// Percentiles of samples in milliseconds, in microseconds.
export function latencies (samples) {
  if (samples.length === 0) {
    return {}
  }
  samples.sort((a, b) => a - b)
  const at = fraction => samples[Math.floor(fraction * (samples.length - 1))] * 1e3
  return { min_us: at(0), p50_us: at(0.5), p99_us: at(0.99), max_us: at(1) }
}

export function mibPerSecond (bytes, seconds) {
  return bytes / (1 << 20) / seconds
}
