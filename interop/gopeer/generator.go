package main

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"io"
)

// generator is the stream of pseudo-random bytes that /opwire/source/1.0.0 sends and bulk tests compare with:
// xorshift64* with the shifts 12, 25, 27, each 64-bit output written little-endian. A zero seed, which xorshift
// cannot use, stands for zeroSeed.
type generator struct {
	state uint64
	word  [8]byte
	left  int // bytes of word not handed out yet, at its end
}

const zeroSeed = 0x9e3779b97f4a7c15

func newGenerator(seed uint64) *generator {
	if seed == 0 {
		seed = zeroSeed
	}
	return &generator{state: seed}
}

func (g *generator) next() uint64 {
	g.state ^= g.state >> 12
	g.state ^= g.state << 25
	g.state ^= g.state >> 27
	return g.state * 0x2545f4914f6cdd1d
}

// Read fills all of p and never fails.
func (g *generator) Read(p []byte) (int, error) {
	n := copy(p, g.word[8-g.left:])
	g.left -= n
	for ; len(p)-n >= 8; n += 8 {
		binary.LittleEndian.PutUint64(p[n:], g.next())
	}
	if n < len(p) {
		binary.LittleEndian.PutUint64(g.word[:], g.next())
		g.left = 8 - copy(p[n:], g.word[:])
	}
	return len(p), nil
}

// generated returns the first size bytes of a seed's stream.
func generated(seed uint64, size int) []byte {
	out := make([]byte, size)
	newGenerator(seed).Read(out)
	return out
}

// comparer is a writer that refuses the first byte that differs from a seed's stream.
type comparer struct {
	generator *generator
	expected  []byte
	offset    uint64
}

func newComparer(seed uint64) *comparer { return &comparer{generator: newGenerator(seed)} }

func (c *comparer) Write(p []byte) (int, error) {
	if len(c.expected) < len(p) {
		c.expected = make([]byte, len(p))
	}
	expected := c.expected[:len(p)]
	c.generator.Read(expected)
	if !bytes.Equal(expected, p) {
		return 0, fmt.Errorf("the bytes from offset %d on are not the generator's", c.offset)
	}
	c.offset += uint64(len(p))
	return len(p), nil
}

var _ io.Writer = (*comparer)(nil)
