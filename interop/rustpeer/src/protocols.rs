//! What every listener serves beside identify and ping; interop/README.md gives the bytes.

use std::sync::atomic::{AtomicUsize, Ordering};

use futures::io::{AsyncReadExt, AsyncWriteExt};
use libp2p::PeerId;
use libp2p::swarm::{Stream, StreamProtocol};
use sha2::{Digest, Sha256};

use crate::events::emit;
use crate::generator::Generator;
use crate::{Result, fields};

pub const ECHO: StreamProtocol = StreamProtocol::new("/opwire/echo/1.0.0");
pub const SINK: StreamProtocol = StreamProtocol::new("/opwire/sink/1.0.0");
pub const SOURCE: StreamProtocol = StreamProtocol::new("/opwire/source/1.0.0");
pub const PERF: StreamProtocol = StreamProtocol::new("/perf/1.0.0");
pub const SERVED: &[StreamProtocol] = &[ECHO, SINK, SOURCE, PERF];

/// Bytes read or written at once.
pub const PIECE: usize = 64 << 10;

static SERVING: AtomicUsize = AtomicUsize::new(0);

/// Streams being served now.
pub fn serving() -> usize {
    SERVING.load(Ordering::Relaxed)
}

/// Closes the stream when it was served; it is reset when that fails, which is what dropping it does.
pub fn serve(peer: PeerId, protocol: StreamProtocol, stream: Stream) {
    tokio::spawn(async move {
        SERVING.fetch_add(1, Ordering::Relaxed);
        let outcome = match protocol.as_ref() {
            "/opwire/echo/1.0.0" => echo(stream).await,
            "/opwire/sink/1.0.0" => sink(peer, stream).await,
            "/opwire/source/1.0.0" => source(peer, stream).await,
            _ => perf(stream).await,
        };
        SERVING.fetch_sub(1, Ordering::Relaxed);
        if let Err(problem) = outcome {
            eprintln!("{protocol} from {peer}: {problem}");
        }
    });
}

async fn echo(mut stream: Stream) -> Result<()> {
    let mut buffer = vec![0; PIECE];
    loop {
        let size = stream.read(&mut buffer).await?;
        if size == 0 {
            break;
        }
        stream.write_all(&buffer[..size]).await?;
        stream.flush().await?;
    }
    Ok(stream.close().await?)
}

async fn sink(peer: PeerId, mut stream: Stream) -> Result<()> {
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0u64, vec![0; PIECE]);
    loop {
        let got = stream.read(&mut buffer).await?;
        if got == 0 {
            break;
        }
        hash.update(&buffer[..got]);
        size += got as u64;
    }
    let digest = hash.finalize();
    stream.write_all(&digest).await?;
    stream.write_all(&size.to_be_bytes()).await?;
    emit("sink", fields! { "peer": peer.to_string(), "bytes": size, "sha256": hex::encode(digest) });
    Ok(stream.close().await?)
}

async fn source(peer: PeerId, mut stream: Stream) -> Result<()> {
    let size = read_u64(&mut stream).await?;
    let mut generator = Generator::new(read_u64(&mut stream).await?);
    let (mut hash, mut buffer, mut left) = (Sha256::new(), vec![0; PIECE], size);
    while left > 0 {
        let piece = left.min(PIECE as u64) as usize;
        generator.fill(&mut buffer[..piece]);
        hash.update(&buffer[..piece]);
        stream.write_all(&buffer[..piece]).await?;
        left -= piece as u64;
    }
    let digest = hash.finalize();
    stream.write_all(&digest).await?;
    emit("source", fields! { "peer": peer.to_string(), "bytes": size, "sha256": hex::encode(digest) });
    Ok(stream.close().await?)
}

async fn perf(mut stream: Stream) -> Result<()> {
    let wanted = read_u64(&mut stream).await?;
    read_to_end(&mut stream).await?;
    write_zeros(&mut stream, wanted).await?;
    Ok(stream.close().await?)
}

pub async fn write_zeros(stream: &mut Stream, size: u64) -> Result<()> {
    let zeros = vec![0; PIECE];
    let mut left = size;
    while left > 0 {
        let piece = left.min(PIECE as u64);
        stream.write_all(&zeros[..piece as usize]).await?;
        left -= piece;
    }
    Ok(())
}

/// Reads and forgets; how many bytes it were.
pub async fn read_to_end(stream: &mut Stream) -> Result<u64> {
    let (mut buffer, mut size) = (vec![0; PIECE], 0);
    loop {
        match stream.read(&mut buffer).await? {
            0 => return Ok(size),
            got => size += got as u64,
        }
    }
}

/// The end of the stream, with nothing before it.
pub async fn expect_end(stream: &mut Stream) -> Result<()> {
    match stream.read(&mut [0]).await? {
        0 => Ok(()),
        _ => Err("the peer sent more than it should".into()),
    }
}

async fn read_u64(stream: &mut Stream) -> Result<u64> {
    let mut bytes = [0; 8];
    stream.read_exact(&mut bytes).await?;
    Ok(u64::from_be_bytes(bytes))
}
