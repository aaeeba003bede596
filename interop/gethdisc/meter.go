package main

import (
	"os"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// meter measures a span of this process: wall time, and CPU time of all its threads.
type meter struct {
	wall time.Time
	cpu  time.Duration
}

func startMeter() meter { return meter{wall: time.Now(), cpu: cpuTime()} }

func (m meter) stop(result fields) {
	result["seconds"] = time.Since(m.wall).Seconds()
	result["cpu_seconds"] = (cpuTime() - m.cpu).Seconds()
}

// cpuTime is the user and system time this process has used so far.
func cpuTime() time.Duration {
	var usage syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &usage); err != nil {
		panic(err)
	}
	return time.Duration(usage.Utime.Nano() + usage.Stime.Nano())
}

// residentBytes is the resident set size, 0 where /proc does not tell.
func residentBytes() uint64 {
	statm, err := os.ReadFile("/proc/self/statm")
	if err != nil {
		return 0
	}
	pages, err := strconv.ParseUint(strings.Fields(string(statm))[1], 10, 64)
	if err != nil {
		return 0
	}
	return pages * uint64(os.Getpagesize())
}

// latencies writes percentiles in microseconds into a result.
func latencies(result fields, samples []time.Duration) {
	if len(samples) == 0 {
		return
	}
	slices.Sort(samples)
	at := func(fraction float64) float64 {
		return float64(samples[int(fraction*float64(len(samples)-1))].Nanoseconds()) / 1e3
	}
	result["min_us"], result["p50_us"], result["p99_us"], result["max_us"] = at(0), at(0.5), at(0.99), at(1)
}

func milliseconds(since time.Time) float64 { return float64(time.Since(since).Microseconds()) / 1e3 }
