//! What the tests dial with.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::try_join_all;
use libp2p::swarm::{Stream, StreamProtocol};
use libp2p::{Multiaddr, PeerId};

use crate::Result;
use crate::host::Host;
use crate::options::Options;

/// One run of one test.
pub struct Dialer {
    pub options: Options,
    pub target: Multiaddr,
    pub numbers: Vec<usize>, // the test's arguments
}

impl Dialer {
    /// A host that is connected to the target.
    pub async fn connect(&self) -> Result<(Host, PeerId)> {
        let host = Host::new(&self.options, None)?;
        let peer = host.connect(&self.target).await?;
        Ok((host, peer))
    }

    /// The same with a stream. The host is to be kept as long as the stream.
    pub async fn open(&self, protocol: StreamProtocol) -> Result<(Host, Stream)> {
        let (host, peer) = self.connect().await?;
        let stream = host.open(peer, protocol).await?;
        Ok((host, stream))
    }
}

/// Calls body(0) ... body(count - 1), at most so many at once. The first error ends it.
pub async fn in_parallel<F, T>(count: usize, at_once: usize, body: F) -> Result<()>
where
    F: Fn(usize) -> T + Clone + Send + 'static,
    T: Future<Output = Result<()>> + Send + 'static,
{
    let next = Arc::new(AtomicUsize::new(0));
    let workers = (0..at_once.min(count)).map(|_| tokio::spawn(work(next.clone(), count, body.clone())));
    for outcome in try_join_all(workers).await? {
        outcome?;
    }
    Ok(())
}

async fn work<T: Future<Output = Result<()>>>(
    next: Arc<AtomicUsize>,
    count: usize,
    body: impl Fn(usize) -> T,
) -> Result<()> {
    loop {
        let index = next.fetch_add(1, Ordering::Relaxed);
        if index >= count {
            return Ok(());
        }
        if let Err(problem) = body(index).await {
            next.store(count, Ordering::Relaxed);
            return Err(problem);
        }
    }
}
