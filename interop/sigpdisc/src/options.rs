//! The command line.

use std::net::Ipv4Addr;

use discv5::Enr;

use crate::Result;

pub enum Options {
    Listen(ListenOptions),
    Bench(BenchOptions),
}

#[derive(Debug)]
pub struct ListenOptions {
    pub ip: Ipv4Addr,
    pub port: u16,             // 0: any
    pub key: Option<[u8; 32]>, // default: a fresh one
    pub chain: Option<u64>,
    pub bootnodes: Vec<Enr>,
}

impl Default for ListenOptions {
    fn default() -> Self {
        Self { ip: Ipv4Addr::LOCALHOST, port: 0, key: None, chain: None, bootnodes: Vec::new() }
    }
}

pub enum Test {
    Handshakes,
    Pings,
}

pub struct BenchOptions {
    pub test: Test,
    pub to: Enr,
    pub count: usize,
    pub in_flight: usize,
}

impl Options {
    pub fn parse(mut arguments: impl Iterator<Item = String>) -> Result<Self> {
        match arguments.next().as_deref() {
            Some("listen") => Ok(Self::Listen(parse_listen(arguments)?)),
            Some("bench") => Ok(Self::Bench(parse_bench(arguments)?)),
            Some(other) => Err(format!("unknown command {other:?}").into()),
            None => Err("no command".into()),
        }
    }
}

fn parse_listen(mut arguments: impl Iterator<Item = String>) -> Result<ListenOptions> {
    let mut options = ListenOptions::default();
    while let Some(flag) = arguments.next() {
        if flag == "--talk" {
            continue; // TALKREQ of protocol echo is answered in any case
        }
        let value = arguments.next().ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--ip" => options.ip = value.parse()?,
            "--port" => options.port = value.parse()?,
            "--key" => options.key = Some(parse_key(&value)?),
            "--chain" => options.chain = Some(value.parse()?).filter(|&chain| chain != 0),
            "--bootnodes" => options.bootnodes = parse_records(&value)?,
            _ => return Err(format!("unknown flag {flag}").into()),
        }
    }
    Ok(options)
}

fn parse_key(text: &str) -> Result<[u8; 32]> {
    let bytes = hex::decode(text.trim_start_matches("0x"))?;
    bytes.try_into().map_err(|_| "--key is no secp256k1 key".into())
}

fn parse_bench(mut arguments: impl Iterator<Item = String>) -> Result<BenchOptions> {
    let test = match arguments.next().as_deref() {
        Some("handshakes") => Test::Handshakes,
        Some("pings") => Test::Pings,
        _ => return Err("bench is of handshakes or pings".into()),
    };
    let (mut to, mut count, mut in_flight) = (None, 1000, 1);
    while let Some(flag) = arguments.next() {
        let value = arguments.next().ok_or_else(|| format!("{flag} needs a value"))?;
        match flag.as_str() {
            "--to" => to = Some(parse_record(&value)?),
            "--count" => count = value.parse()?,
            "--in-flight" => in_flight = value.parse()?,
            _ => return Err(format!("unknown flag {flag}").into()),
        }
    }
    if count < 1 || in_flight < 1 {
        return Err("--count and --in-flight are at least 1".into());
    }
    Ok(BenchOptions { test, to: to.ok_or("--to is missing")?, count, in_flight })
}

pub fn parse_record(text: &str) -> Result<Enr> {
    text.parse().map_err(|problem| format!("{text:?} is no node record: {problem}").into())
}

fn parse_records(list: &str) -> Result<Vec<Enr>> {
    list.split(',').filter(|text| !text.is_empty()).map(parse_record).collect()
}
