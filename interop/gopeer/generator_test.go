package main

import (
	"bytes"
	"encoding/hex"
	"io"
	"testing"
)

// The values interop/README.md gives for other implementations of the generator.
func TestGeneratorVectors(t *testing.T) {
	for seed, want := range map[uint64]string{
		1: "1ddd6c894bcee4471d6579e0a8a6cfab571f73eb",
		0: "7a48219ae2b3830d679dfef1794cc454780e7a00",
	} {
		if got := hex.EncodeToString(generated(seed, 20)); got != want {
			t.Errorf("seed %d: %s, not %s", seed, got, want)
		}
	}
}

func TestGeneratorIsTheSameInAnyPieces(t *testing.T) {
	whole := generated(7, 1000)
	g := newGenerator(7)
	var pieces []byte
	for size := 0; len(pieces) < len(whole); size++ {
		piece := make([]byte, min(size, len(whole)-len(pieces)))
		g.Read(piece)
		pieces = append(pieces, piece...)
	}
	if !bytes.Equal(whole, pieces) {
		t.Error("the pieces differ from the whole")
	}
}

func TestComparerRefusesAnotherByte(t *testing.T) {
	data := generated(9, 100)
	if _, err := io.Copy(newComparer(9), bytes.NewReader(data)); err != nil {
		t.Error(err)
	}
	data[99] ^= 1
	if _, err := io.Copy(newComparer(9), bytes.NewReader(data)); err == nil {
		t.Error("a flipped bit went unnoticed")
	}
}
