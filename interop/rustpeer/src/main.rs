//! A libp2p peer on rust-libp2p for interop tests and side-by-side measurements. interop/README.md describes its
//! commands, its JSON lines and the bytes of its protocols.

mod dial;
mod dial_basic;
mod dial_bulk;
mod dial_many;
mod dial_perf;
mod dial_streams;
mod dialer;
mod events;
mod generator;
mod gossip;
mod gossip_watch;
mod host;
mod listen;
mod meter;
mod options;
mod protocols;
mod publish;
mod scoring;
mod streams;

use options::Options;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

const USAGE: &str = "\
rustpeer listen [flags]                        serve until stdin closes or says {\"cmd\":\"quit\"}
rustpeer dial [flags] MULTIADDR TEST [args]    run one test against a listener, print one JSON line

tests: identify | ping N | bulk up|down BYTES | streams N MAXOPEN | perf up|down BYTES | perf latency N |
       perf setups N | idle N
";

const FAILED: i32 = 1;
const WRONG_COMMAND_LINE: i32 = 2;

fn main() {
    let options = Options::parse(std::env::args().skip(1)).unwrap_or_else(|problem| {
        eprint!("rustpeer: {problem}\n\n{USAGE}");
        std::process::exit(WRONG_COMMAND_LINE);
    });
    let runtime = match options.threads {
        Some(1) => tokio::runtime::Builder::new_current_thread().enable_all().build(),
        Some(count) => tokio::runtime::Builder::new_multi_thread().worker_threads(count).enable_all().build(),
        None => tokio::runtime::Builder::new_multi_thread().enable_all().build(),
    }
    .expect("a runtime");
    let outcome = runtime.block_on(async {
        match options.command.as_str() {
            "listen" => listen::run(options).await,
            _ => dial::run(options).await,
        }
    });
    if let Err(problem) = &outcome {
        eprintln!("rustpeer: {problem}");
    }
    // Not by returning: a thread that reads stdin would hold the process.
    std::process::exit(if outcome.is_ok() { 0 } else { FAILED });
}
