//! bulk up and down: one long stream, checked on both sides.

use futures::io::{AsyncReadExt, AsyncWriteExt};
use sha2::{Digest, Sha256};

use crate::dialer::Dialer;
use crate::events::Fields;
use crate::generator::Generator;
use crate::meter::Meter;
use crate::protocols::{PIECE, SINK, SOURCE, expect_end};
use crate::{Result, fields};

/// Sends the generator's bytes to the sink and compares the sink's hash and length.
pub async fn up(dialer: &Dialer) -> Result<Fields> {
    let (_host, mut stream) = dialer.open(SINK).await?;
    let size = dialer.numbers[0];
    let span = Meter::start();
    let (mut generator, mut hash, mut buffer) = (Generator::new(rand::random()), Sha256::new(), vec![0; PIECE]);
    let mut left = size;
    while left > 0 {
        let piece = &mut buffer[..left.min(PIECE)];
        generator.fill(piece);
        hash.update(&*piece);
        stream.write_all(piece).await?;
        left -= piece.len();
    }
    stream.close().await?;
    let mut answer = [0; 40];
    stream.read_exact(&mut answer).await?;
    expect_end(&mut stream).await?;
    let received = u64::from_be_bytes(answer[32..].try_into()?);
    if received != size as u64 {
        return Err(format!("the sink read {received} bytes of {size}").into());
    }
    bulk_result(&span, size, hash, &answer[..32])
}

/// Asks the source for the bytes of a seed and compares each with the generator.
pub async fn down(dialer: &Dialer) -> Result<Fields> {
    let (_host, mut stream) = dialer.open(SOURCE).await?;
    let (size, seed) = (dialer.numbers[0], rand::random::<u64>());
    let span = Meter::start();
    stream.write_all(&[(size as u64).to_be_bytes(), seed.to_be_bytes()].concat()).await?;
    stream.close().await?;
    let (mut generator, mut hash) = (Generator::new(seed), Sha256::new());
    let (mut buffer, mut expected, mut left) = (vec![0; PIECE], vec![0; PIECE], size);
    while left > 0 {
        let got = stream.read(&mut buffer[..left.min(PIECE)]).await?;
        if got == 0 {
            return Err(format!("the source sent {} bytes of {size}", size - left).into());
        }
        generator.fill(&mut expected[..got]);
        if buffer[..got] != expected[..got] {
            return Err(format!("the bytes from offset {} on are not the generator's", size - left).into());
        }
        hash.update(&buffer[..got]);
        left -= got;
    }
    let mut theirs = [0; 32];
    stream.read_exact(&mut theirs).await?;
    expect_end(&mut stream).await?;
    bulk_result(&span, size, hash, &theirs)
}

fn bulk_result(span: &Meter, size: usize, ours: Sha256, theirs: &[u8]) -> Result<Fields> {
    let digest = hex::encode(ours.finalize());
    if digest != hex::encode(theirs) {
        return Err(format!("hash differs: {digest} here, {} there", hex::encode(theirs)).into());
    }
    let mut result = fields! { "bytes": size, "sha256": digest };
    let seconds = span.stop(&mut result);
    result.append(&mut fields! { "mib_per_second": size as f64 / f64::from(1 << 20) / seconds });
    Ok(result)
}
