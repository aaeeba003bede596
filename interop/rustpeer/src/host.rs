//! A swarm with its own task. Others hand it closures that run between two events.

use std::collections::HashMap;
use std::time::Duration;

use futures::StreamExt;
use libp2p::multiaddr::Protocol;
use libp2p::swarm::behaviour::toggle::Toggle;
use libp2p::swarm::dial_opts::DialOpts;
use libp2p::swarm::{NetworkBehaviour, Stream, StreamProtocol, Swarm, SwarmEvent};
use libp2p::{Multiaddr, PeerId, SwarmBuilder, gossipsub, identify, noise, ping, tcp, yamux};
use tokio::sync::{mpsc, oneshot};

use crate::gossip::Gossip;
use crate::options::Options;
use crate::protocols;
use crate::streams;
use crate::{Result, gossip};

const AGENT: &str = "opwire-rustpeer";
const PROTOCOL_VERSION: &str = "opwire/interop/1.0.0";
const FOREVER: Duration = Duration::from_secs(24 * 3600);
const NEGOTIATING: usize = 10_000; // inbound streams, which is no limit

#[derive(NetworkBehaviour)]
pub struct Behaviour {
    pub identify: identify::Behaviour,
    pub ping: Toggle<ping::Behaviour>,
    pub streams: streams::Behaviour,
    pub gossip: Toggle<gossipsub::Behaviour>,
}

/// What the swarm's task knows.
pub struct Node {
    pub swarm: Swarm<Behaviour>,
    pub peers: HashMap<PeerId, Peer>,
    pub gossip: Option<Gossip>,
    pub pings: Option<mpsc::UnboundedSender<std::result::Result<Duration, String>>>,
    listening: Option<oneshot::Sender<Multiaddr>>,
}

#[derive(Default)]
pub struct Peer {
    pub connections: Vec<bool>, // of each whether we dialled it
    pub info: Option<identify::Info>,
    told: bool, // it has asked for our identity and got it
    waiting: Vec<oneshot::Sender<std::result::Result<(), String>>>,
    closing: Vec<oneshot::Sender<()>>,
}

type Job = Box<dyn FnOnce(&mut Node) + Send>;

/// Drop the last clone to stop the swarm.
#[derive(Clone)]
pub struct Host {
    pub id: PeerId,
    jobs: mpsc::UnboundedSender<Job>,
}

impl Host {
    /// A fresh identity. ping: how often to ping; nothing for no ping at all.
    pub fn new(options: &Options, ping: Option<Duration>) -> Result<Self> {
        let key = options.key_type.generate();
        let id = key.public().to_peer_id();
        let (gossip, behaviour) = gossip::make(&options.gossip, &key)?;
        let identify = identify::Config::new_with_signed_peer_record(PROTOCOL_VERSION.into(), &key);
        let behaviour = Behaviour {
            identify: identify::Behaviour::new(identify.with_agent_version(AGENT.into())),
            ping: ping.map(|every| ping::Behaviour::new(ping::Config::new().with_interval(every))).into(),
            streams: streams::Behaviour::new(protocols::SERVED, protocols::serve),
            gossip: behaviour.into(),
        };
        let swarm = SwarmBuilder::with_existing_identity(key)
            .with_tokio()
            .with_tcp(tcp::Config::default().nodelay(true), noise::Config::new, yamux::Config::default)?
            .with_behaviour(|_| behaviour)?
            .with_swarm_config(|config| {
                config.with_idle_connection_timeout(FOREVER).with_max_negotiating_inbound_streams(NEGOTIATING)
            })
            .build();
        let (jobs, to_do) = mpsc::unbounded_channel();
        let node = Node { swarm, peers: HashMap::new(), gossip, pings: None, listening: None };
        tokio::spawn(node.run(to_do));
        Ok(Self { id, jobs })
    }

    /// Runs the closure in the swarm's task.
    pub async fn with<T: Send + 'static>(&self, job: impl FnOnce(&mut Node) -> T + Send + 'static) -> T {
        let (reply, answer) = oneshot::channel();
        self.post(move |node| {
            let _ = reply.send(job(node));
        });
        answer.await.expect("the swarm's task runs as long as its host")
    }

    pub fn post(&self, job: impl FnOnce(&mut Node) + Send + 'static) {
        self.jobs.send(Box::new(job)).unwrap_or_else(|_| panic!("the swarm's task runs as long as its host"));
    }

    /// The address that it listens on.
    pub async fn listen(&self, address: Multiaddr) -> Result<Multiaddr> {
        let (reply, bound) = oneshot::channel();
        self.with(move |node| {
            node.listening = Some(reply);
            node.swarm.listen_on(address)
        })
        .await?;
        Ok(bound.await?.with(Protocol::P2p(self.id)))
    }

    /// Returns when both sides have identified themselves.
    pub async fn connect(&self, address: &Multiaddr) -> Result<PeerId> {
        let Some(Protocol::P2p(peer)) = address.iter().last() else {
            return Err(format!("{address} does not end in /p2p/ID").into());
        };
        let (reply, done) = oneshot::channel();
        let address = address.clone();
        self.post(move |node| node.connect(peer, address, reply));
        done.await??;
        Ok(peer)
    }

    /// Returns when no connection to the peer is left.
    pub async fn disconnect(&self, peer: PeerId) -> Result<()> {
        let (reply, done) = oneshot::channel();
        self.post(move |node| {
            if node.swarm.disconnect_peer_id(peer).is_ok() {
                node.peers.entry(peer).or_default().closing.push(reply);
            }
        });
        let _ = done.await; // dropped where there was none
        Ok(())
    }

    pub async fn open(&self, peer: PeerId, protocol: StreamProtocol) -> Result<Stream> {
        let (reply, opened) = oneshot::channel();
        self.post(move |node| node.swarm.behaviour_mut().streams.open(peer, protocol, reply));
        Ok(opened.await.map_err(|_| "the connection is gone")??)
    }
}

impl Node {
    async fn run(mut self, mut jobs: mpsc::UnboundedReceiver<Job>) {
        let mut tick = tokio::time::interval(gossip::WATCH_INTERVAL);
        loop {
            tokio::select! {
                job = jobs.recv() => match job {
                    Some(job) => job(&mut self),
                    None => return,
                },
                event = self.swarm.select_next_some() => self.on_event(event),
                _ = tick.tick(), if self.gossip.is_some() => self.watch_gossip(),
            }
        }
    }

    fn watch_gossip(&mut self) {
        if let (Some(gossip), Some(behaviour)) = (&mut self.gossip, self.swarm.behaviour().gossip.as_ref()) {
            gossip.watch(behaviour);
        }
    }

    fn connect(&mut self, to: PeerId, address: Multiaddr, reply: oneshot::Sender<std::result::Result<(), String>>) {
        self.peers.entry(to).or_default().waiting.push(reply);
        if self.swarm.is_connected(&to) {
            self.settle(to);
        } else if let Err(problem) = self.swarm.dial(DialOpts::peer_id(to).addresses(vec![address]).build()) {
            self.fail(to, &problem.to_string());
        }
    }

    fn settle(&mut self, peer: PeerId) {
        let peer = self.peers.entry(peer).or_default();
        if peer.info.is_some() && peer.told {
            for reply in peer.waiting.drain(..) {
                let _ = reply.send(Ok(()));
            }
        }
    }

    fn fail(&mut self, peer: PeerId, reason: &str) {
        let peer = self.peers.entry(peer).or_default();
        for reply in peer.waiting.drain(..) {
            let _ = reply.send(Err(reason.into()));
        }
    }

    fn on_event(&mut self, event: SwarmEvent<BehaviourEvent>) {
        match event {
            SwarmEvent::Behaviour(event) => self.on_behaviour_event(event),
            SwarmEvent::NewListenAddr { address, .. } => {
                if let Some(reply) = self.listening.take() {
                    let _ = reply.send(address);
                }
            }
            SwarmEvent::ConnectionEstablished { peer_id, endpoint, .. } => {
                self.peers.entry(peer_id).or_default().connections.push(endpoint.is_dialer());
            }
            SwarmEvent::ConnectionClosed { peer_id, endpoint, num_established, .. } => {
                self.on_closed(peer_id, endpoint.is_dialer(), num_established == 0);
            }
            SwarmEvent::OutgoingConnectionError { peer_id: Some(peer), error, .. } => {
                self.fail(peer, &error.to_string());
            }
            _ => {}
        }
    }

    fn on_closed(&mut self, id: PeerId, dialled: bool, last: bool) {
        let peer = self.peers.entry(id).or_default();
        if let Some(index) = peer.connections.iter().position(|&ours| ours == dialled) {
            peer.connections.remove(index);
        }
        if last {
            self.fail(id, "the connection was closed");
            for reply in self.peers.remove(&id).into_iter().flat_map(|peer| peer.closing) {
                let _ = reply.send(());
            }
        }
    }

    fn on_behaviour_event(&mut self, event: BehaviourEvent) {
        match event {
            BehaviourEvent::Identify(identify::Event::Received { peer_id, info, .. }) => {
                self.peers.entry(peer_id).or_default().info = Some(info);
                self.settle(peer_id);
            }
            BehaviourEvent::Identify(identify::Event::Sent { peer_id, .. }) => {
                self.peers.entry(peer_id).or_default().told = true;
                self.settle(peer_id);
            }
            BehaviourEvent::Identify(identify::Event::Error { peer_id, error, .. }) => {
                self.fail(peer_id, &format!("identify: {error}"));
            }
            BehaviourEvent::Ping(event) => {
                if let Some(pings) = &self.pings {
                    let _ = pings.send(event.result.map_err(|failure| failure.to_string()));
                }
            }
            BehaviourEvent::Gossip(event) => {
                if let Some(gossip) = &mut self.gossip {
                    gossip.on_event(event);
                }
            }
            _ => {}
        }
    }
}
