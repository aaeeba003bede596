//! The pseudo-random bytes that /opwire/source/1.0.0 sends and bulk tests compare with: xorshift64*, little-endian.

const ZERO_SEED: u64 = 0x9e37_79b9_7f4a_7c15; // xorshift cannot start from zero

pub struct Generator {
    state: u64,
    word: [u8; 8],
    left: usize, // bytes of word not handed out yet, at its end
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self { state: if seed == 0 { ZERO_SEED } else { seed }, word: [0; 8], left: 0 }
    }

    /// The first bytes of a seed's stream.
    pub fn bytes(seed: u64, size: usize) -> Vec<u8> {
        let mut bytes = vec![0; size];
        Self::new(seed).fill(&mut bytes);
        bytes
    }

    /// The next bytes, as many as there is room for.
    pub fn fill(&mut self, into: &mut [u8]) {
        let first = self.left.min(into.len());
        let (head, rest) = into.split_at_mut(first);
        head.copy_from_slice(&self.word[8 - self.left..][..first]);
        self.left -= first;
        for piece in rest.chunks_mut(8) {
            self.word = self.next().to_le_bytes();
            piece.copy_from_slice(&self.word[..piece.len()]);
            self.left = 8 - piece.len();
        }
    }

    fn next(&mut self) -> u64 {
        self.state ^= self.state >> 12;
        self.state ^= self.state << 25;
        self.state ^= self.state >> 27;
        self.state.wrapping_mul(0x2545_f491_4f6c_dd1d)
    }
}

#[cfg(test)]
mod tests {
    use super::Generator;

    #[test]
    fn gives_the_bytes_that_the_readme_gives() {
        assert_eq!(hex::encode(Generator::bytes(1, 20)), "1ddd6c894bcee4471d6579e0a8a6cfab571f73eb");
        assert_eq!(hex::encode(Generator::bytes(0, 20)), "7a48219ae2b3830d679dfef1794cc454780e7a00");
    }

    #[test]
    fn gives_the_same_bytes_in_pieces() {
        let mut generator = Generator::new(7);
        let mut pieces = vec![0; 100];
        let (a, rest) = pieces.split_at_mut(3);
        let (b, c) = rest.split_at_mut(50);
        generator.fill(a);
        generator.fill(b);
        generator.fill(c);
        assert_eq!(pieces, Generator::bytes(7, 100));
    }
}
