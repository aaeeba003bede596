//! A discv5 peer on sigp's discv5 crate for interop tests and side-by-side measurements. interop/README.md describes
//! its commands and its JSON lines.

mod bench;
mod commands;
#[allow(dead_code)] // rustpeer uses more of these two
mod events;
#[allow(dead_code)]
mod meter;
mod node;
mod options;
mod record;

use options::Options;

type Error = Box<dyn std::error::Error + Send + Sync>;
type Result<T> = std::result::Result<T, Error>;

const USAGE: &str = "\
sigpdisc listen [--ip 127.0.0.1] [--port 0] [--key HEX] [--chain N] [--bootnodes ENR,...]
                                     serve until stdin closes or says {\"cmd\":\"quit\"}
sigpdisc bench handshakes|pings --to ENR --count N [--in-flight J]
                                     measure a listener, print one JSON line
";

const FAILED: i32 = 1;
const WRONG_COMMAND_LINE: i32 = 2;

fn main() {
    let options = Options::parse(std::env::args().skip(1)).unwrap_or_else(|problem| {
        eprint!("sigpdisc: {problem}\n\n{USAGE}");
        std::process::exit(WRONG_COMMAND_LINE);
    });
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().expect("a runtime");
    let outcome = runtime.block_on(async {
        match options {
            Options::Listen(options) => commands::listen(options).await,
            Options::Bench(options) => bench::run(options).await,
        }
    });
    if let Err(problem) = &outcome {
        eprintln!("sigpdisc: {problem}");
    }
    // Not by returning: a thread that reads stdin would hold the process.
    std::process::exit(if outcome.is_ok() { 0 } else { FAILED });
}
