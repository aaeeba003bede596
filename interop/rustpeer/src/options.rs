//! The command line: flags may stand before, between and after the arguments, as with gopeer.

use std::str::FromStr;
use std::time::Duration;

use libp2p::Multiaddr;
use libp2p::identity::Keypair;

pub struct Options {
    pub command: String, // listen or dial
    pub arguments: Vec<String>,
    pub key_type: KeyType,
    pub listen: Multiaddr,
    pub connect: Vec<String>,
    pub gossip: GossipOptions,
    pub in_flight: usize,
    pub timeout: Duration,
    /// Answer pings, and send them as rust-libp2p does.
    pub ping: bool,
    pub threads: Option<usize>,
}

#[derive(Clone, Default)]
pub struct GossipOptions {
    pub topics: Vec<String>,
    pub op_ids: bool,
    pub plain_ids: bool,
    pub publish: usize,
    pub size: usize,
    pub interval: Duration,
}

#[derive(Clone, Copy)]
pub enum KeyType {
    Secp256k1,
    Ed25519,
    Ecdsa,
}

impl KeyType {
    pub fn generate(self) -> Keypair {
        match self {
            Self::Secp256k1 => Keypair::generate_secp256k1(),
            Self::Ed25519 => Keypair::generate_ed25519(),
            Self::Ecdsa => Keypair::generate_ecdsa(),
        }
    }
}

impl Options {
    fn new() -> Self {
        Self {
            command: String::new(),
            arguments: Vec::new(),
            key_type: KeyType::Secp256k1,
            listen: "/ip4/127.0.0.1/tcp/0".parse().expect("an address"),
            connect: Vec::new(),
            gossip: GossipOptions { size: 1024, interval: Duration::from_millis(100), ..Default::default() },
            in_flight: 1,
            timeout: Duration::from_secs(300),
            ping: true,
            threads: None,
        }
    }

    /// The error is a line for the user.
    pub fn parse(mut words: impl Iterator<Item = String>) -> Result<Self, String> {
        let mut options = Self::new();
        while let Some(word) = words.next() {
            let Some(flag) = word.strip_prefix("--") else {
                options.positional(word);
                continue;
            };
            match flag {
                "op-ids" => options.gossip.op_ids = true,
                "no-ping" => options.ping = false,
                _ => match flag.split_once('=') {
                    Some((name, value)) => options.set(name, value)?,
                    None => options.set(flag, &words.next().ok_or(format!("{word} needs a value"))?)?,
                },
            }
        }
        match options.command.as_str() {
            "listen" | "dial" => Ok(options),
            _ => Err("the command is listen or dial".into()),
        }
    }

    fn positional(&mut self, word: String) {
        if self.command.is_empty() {
            self.command = word;
        } else {
            self.arguments.push(word);
        }
    }

    fn set(&mut self, flag: &str, value: &str) -> Result<(), String> {
        match flag {
            "key-type" => self.key_type = key_type(value)?,
            "security" => only(flag, value, "noise")?,
            "muxer" => only(flag, value, "yamux")?,
            "listen" => self.listen = value.parse().map_err(|problem| format!("--listen {value}: {problem}"))?,
            "connect" => self.connect = list(value),
            "gossip" => self.gossip.topics = list(value),
            "id-family" => self.gossip.plain_ids = family(value)? == "plain",
            "publish" => self.gossip.publish = number(value)?,
            "size" => self.gossip.size = number(value)?,
            "interval" => self.gossip.interval = duration(value)?,
            "in-flight" => self.in_flight = number(value)?,
            "timeout" => self.timeout = duration(value)?,
            "threads" => self.threads = Some(number(value)?),
            _ => return Err(format!("unknown flag --{flag}")),
        }
        Ok(())
    }
}

fn list(value: &str) -> Vec<String> {
    value.split(',').filter(|part| !part.is_empty()).map(String::from).collect()
}

fn only(flag: &str, value: &str, spoken: &str) -> Result<(), String> {
    if value == spoken { Ok(()) } else { Err(format!("--{flag} {value} is not spoken here: use {spoken}")) }
}

fn family(value: &str) -> Result<&str, String> {
    match value {
        "topic" | "plain" => Ok(value),
        _ => Err(format!("--id-family {value} is unknown: use topic or plain")),
    }
}

fn key_type(value: &str) -> Result<KeyType, String> {
    match value {
        "secp256k1" => Ok(KeyType::Secp256k1),
        "ed25519" => Ok(KeyType::Ed25519),
        "ecdsa" => Ok(KeyType::Ecdsa),
        _ => Err(format!("--key-type {value} is not made here: use secp256k1, ed25519 or ecdsa")),
    }
}

/// A number of at least 1.
pub fn number<T: FromStr + PartialOrd + From<u8>>(text: &str) -> Result<T, String> {
    match text.parse::<T>() {
        Ok(number) if number >= T::from(1) => Ok(number),
        _ => Err(format!("{text:?} is not a positive number")),
    }
}

/// "100ms", "90s" or "5m".
fn duration(text: &str) -> Result<Duration, String> {
    let units = [("ms", 1), ("s", 1000), ("m", 60_000)];
    let found = units.iter().find_map(|(unit, scale)| text.strip_suffix(unit).map(|count| (count, scale)));
    let (count, scale) = found.ok_or(format!("{text:?} is no duration such as 90s"))?;
    Ok(Duration::from_millis(number::<u64>(count)? * scale))
}
