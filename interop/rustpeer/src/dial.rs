//! One test against a listener, one result line.

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use futures::future::try_join_all;
use libp2p::swarm::{Stream, StreamProtocol};
use libp2p::{Multiaddr, PeerId};

use crate::events::{Fields, emit};
use crate::host::Host;
use crate::options::{Options, number};
use crate::{Result, dial_basic, dial_bulk, dial_many, dial_perf, dial_streams, fields};

/// One run of one test.
pub struct Dialer {
    pub options: Options,
    pub target: Multiaddr,
    pub numbers: Vec<usize>, // the test's arguments
}

const TESTS: &[(&str, usize)] = &[
    ("identify", 0),
    ("ping", 1),
    ("bulk up", 1),
    ("bulk down", 1),
    ("streams", 2),
    ("perf up", 1),
    ("perf down", 1),
    ("perf latency", 1),
    ("perf setups", 1),
    ("idle", 1),
];

pub async fn run(options: Options) -> Result<()> {
    let (name, dialer) = choose(options)?;
    let test = dispatch(name, &dialer);
    let outcome = match name {
        "idle" => test.await, // ends when stdin does
        _ => tokio::time::timeout(dialer.options.timeout, test)
            .await
            .unwrap_or_else(|_| Err("the test did not end in time".into())),
    };
    match outcome {
        Ok(mut result) => {
            result.append(&mut fields! { "test": name, "ok": true });
            emit("result", result);
            Ok(())
        }
        Err(problem) => {
            emit("result", fields! { "test": name, "ok": false, "error": problem.to_string() });
            Err(problem)
        }
    }
}

fn choose(options: Options) -> Result<(&'static str, Dialer)> {
    let [address, words @ ..] = options.arguments.as_slice() else {
        return Err("dial needs an address and a test".into());
    };
    let spoken = words.join(" ");
    let is_it = |name: &str| spoken == name || spoken.starts_with(&format!("{name} "));
    let &(name, wanted) = TESTS.iter().find(|(name, _)| is_it(name)).ok_or(format!("unknown test {spoken:?}"))?;
    let numbers: Vec<usize> =
        spoken[name.len()..].split_whitespace().map(number).collect::<std::result::Result<_, _>>()?;
    if numbers.len() != wanted {
        return Err(format!("{name} takes {wanted} numbers").into());
    }
    let target = address.parse()?;
    Ok((name, Dialer { target, numbers, options }))
}

async fn dispatch(name: &str, dialer: &Dialer) -> Result<Fields> {
    match name {
        "identify" => dial_basic::identify(dialer).await,
        "ping" => dial_basic::ping(dialer).await,
        "bulk up" => dial_bulk::up(dialer).await,
        "bulk down" => dial_bulk::down(dialer).await,
        "streams" => dial_streams::streams(dialer).await,
        "perf up" => dial_perf::transfer(dialer, true).await,
        "perf down" => dial_perf::transfer(dialer, false).await,
        "perf latency" => dial_perf::latency(dialer).await,
        "perf setups" => dial_many::setups(dialer).await,
        _ => dial_many::idle(dialer).await,
    }
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
