#include "opwire/node/peer_books.hpp"

#include <gtest/gtest.h>

#include "opwire/node/peer_file.hpp"
#include "opwire/opstack/discovery/chain_entry.hpp"
#include "opwire/p2p/core/stub_network.hpp"
#include "opwire/p2p/swarm/memory_peer_store.hpp"
#include "opwire/runtime/simulated_loop.hpp"
#include "opwire/store/folder_for_test.hpp"
#include "opwire/store/process_for_test.hpp"

namespace opwire::node {
namespace {

using namespace std::chrono_literals;
namespace reputation = opstack::reputation;
using reputation::Table;

crypto::PrivateKey key_of(std::uint64_t number, crypto::KeyType type = crypto::KeyType::kSecp256k1) {
  SeededRng rng(number);
  return crypto::PrivateKey::generate(type, rng);
}
PeerId peer_of(std::uint64_t number) {
  return PeerId::of(key_of(number).public_key());
}
Multiaddr at(const std::string& text) {
  return Multiaddr::parse_text(text).value();
}
discv5::NodeRecord record_of(std::uint64_t number, std::uint64_t chain) {
  discv5::NodeRecordDraft draft;
  draft.set(opstack::kChainEntryKey, opstack::encode({ChainId{chain}, 0}));
  return draft.sign(key_of(number).data(), 1).value();
}

/// Tells its observer who comes and goes.
class Peers final : public StubNetwork {
 public:
  Peers(Loop& loop, PeerStore& store) : loop_(loop), store_(store) {}
  void come(const PeerId& peer) {
    connected.push_back(peer);
    if (observer != nullptr) observer->on_peer_connected(peer, ConnectionInfo{.peer = peer});
  }
  void go(const PeerId& peer) {
    std::erase(connected, peer);
    if (observer != nullptr) observer->on_peer_disconnected(peer);
  }

  Loop& loop() override { return loop_; }
  const PeerId& local_peer() const override { return self_; }
  std::vector<PeerId> connected_peers() const override { return connected; }
  bool is_connected(const PeerId& peer) const override { return std::ranges::find(connected, peer) != connected.end(); }
  void disconnect(const PeerId&) override {}
  Task<Result<void>> connect(PeerId, std::vector<Multiaddr>) override { co_return opwire::errors::kClosed; }
  PeerStore& peerstore() override { return store_; }
  PeerTags& tags() override { return tags_; }
  void add_observer(NetworkObserver& one) override { observer = &one; }
  void remove_observer(NetworkObserver&) override { observer = nullptr; }

  std::vector<PeerId> connected;
  NetworkObserver* observer = nullptr;

 private:
  Loop& loop_;
  PeerStore& store_;
  PeerId self_ = peer_of(0);
  StubPeerTags tags_;
};

class PeerBooksTest : public testing::Test {
 protected:
  ~PeerBooksTest() override { stop(); }
  Result<void, std::string> open() {
    store_ = std::make_unique<swarm::MemoryPeerStore>(loop_, options_);
    network_ = std::make_unique<Peers>(loop_, *store_);
    books_ = std::make_unique<PeerBooks>(loop_, 20min);
    return loop_.run(books_->open(pool_, file_, false, *store_, network_.get()));
  }
  void start() {
    const auto opened = open();
    ASSERT_TRUE(opened) << opened.error();
  }
  void stop() {
    if (books_) loop_.run(books_->close());
    books_.reset();
  }
  void restart(Duration after = 0s) {
    stop();
    loop_.run_for(after);
    start();
  }
  auto read() { return read_peer_file(file_, loop_.wall_now()).value(); }
  /// What the file has of a peer.
  std::optional<KnownPeer> known_on_disk(const PeerId& peer) {
    const auto file = read();
    for (const PeerEntry& entry : file->peers) {
      if (entry.peer == peer) return entry.known;
    }
    return std::nullopt;
  }
  std::unique_ptr<store::Database> open_database(std::uint32_t version, std::size_t tables) {
    store::DatabaseOptions options = peer_books_database(file_);
    options.version = version;
    options.tables.resize(tables, store::TableOptions("", 0));
    return loop_.run(store::Database::open(loop_, pool_, options)).value();
  }

  SimulatedLoop loop_{from_unix_seconds(1'700'000'000)};
  store::test::Folder folder_;
  std::filesystem::path file_ = folder_ / "peers.opwire";
  WorkerPool pool_{0};
  swarm::PeerStoreOptions options_;
  std::unique_ptr<swarm::MemoryPeerStore> store_;
  std::unique_ptr<Peers> network_;
  std::unique_ptr<PeerBooks> books_;
  const PeerId peer_ = peer_of(1);
  const Multiaddr one_ = at("/ip4/1.2.3.4/tcp/9222");
  const Multiaddr two_ = at("/ip4/1.2.3.5/tcp/9222");
};

TEST_F(PeerBooksTest, ARestartedNodeKnowsItsPeers) {
  const auto ecdsa = key_of(2, crypto::KeyType::kEcdsa).public_key();
  const PeerId hashed = PeerId::of(ecdsa);
  start();
  store_->add_addresses(peer_, {one_}, kRecentlyConnectedTtl);
  store_->add_addresses(peer_, {two_}, 1h);
  store_->set_agent(peer_, "agent/1");
  store_->set_protocols(peer_, {"/a", "/b"});
  store_->add_addresses(hashed, {one_}, kPermanentTtl);
  store_->set_key(hashed, ecdsa);
  books_->on_record(peer_, record_of(1, 10));
  restart(5min);
  EXPECT_EQ(store_->addresses(peer_), (std::vector<Multiaddr>{two_, one_})) << "newest first";
  EXPECT_EQ(store_->agent(peer_), "agent/1");
  EXPECT_EQ(store_->protocols(peer_), (std::vector<std::string>{"/a", "/b"}));
  EXPECT_EQ(store_->key(hashed), ecdsa);
  EXPECT_EQ(books_->metadata().find(peer_, loop_.wall_now())->chain, ChainId{10});
  loop_.run_for(10min);
  EXPECT_EQ(store_->addresses(peer_), std::vector<Multiaddr>{two_}) << "times go on while the node is down";
}

TEST_F(PeerBooksTest, PassingKnowledgeIsNotKept) {
  start();
  store_->add_addresses(peer_, {one_}, kTemporaryTtl);
  store_->add_addresses(peer_of(2), {one_, two_}, kTemporaryTtl);
  store_->add_addresses(peer_of(2), {two_}, kRecentlyConnectedTtl);
  restart();
  EXPECT_EQ(store_->peers(), std::vector<PeerId>{peer_of(2)});
  EXPECT_EQ(store_->addresses(peer_of(2)), std::vector<Multiaddr>{two_});
}

TEST_F(PeerBooksTest, IsWrittenWithinTenSeconds) {
  start();
  store_->add_addresses(peer_, {one_}, 1h);
  loop_.run_for(11s);
  EXPECT_EQ(known_on_disk(peer_)->addresses.at(0).address, one_);
  store_->remove(peer_);
  loop_.run_for(11s);
  EXPECT_FALSE(known_on_disk(peer_));
}

TEST_F(PeerBooksTest, AddressesOfWhoIsConnectedStayAlive) {
  start();
  store_->add_addresses(peer_, {one_}, kRecentlyConnectedTtl);
  store_->add_addresses(peer_of(2), {one_}, kRecentlyConnectedTtl);
  network_->come(peer_);
  loop_.run_for(2h);
  EXPECT_EQ(store_->addresses(peer_), std::vector<Multiaddr>{one_});
  EXPECT_TRUE(store_->addresses(peer_of(2)).empty());
  restart();
  EXPECT_EQ(store_->addresses(peer_), std::vector<Multiaddr>{one_});
  EXPECT_EQ(known_on_disk(peer_)->last_seen, from_unix_seconds(1'700'007'200));
  EXPECT_TRUE(store_->addresses(peer_of(2)).empty());
}

TEST_F(PeerBooksTest, WhatIdentifyToldOfAConnectedPeerIsNotOverwritten) {
  start();
  store_->set_agent(peer_, "old");
  store_->set_protocols(peer_, {"/old"});
  stop();
  store_ = std::make_unique<swarm::MemoryPeerStore>(loop_);
  network_ = std::make_unique<Peers>(loop_, *store_);
  network_->come(peer_);
  store_->set_agent(peer_, "new");
  books_ = std::make_unique<PeerBooks>(loop_, 20min);
  ASSERT_TRUE(loop_.run(books_->open(pool_, file_, false, *store_, network_.get())));
  EXPECT_EQ(store_->agent(peer_), "new");
  EXPECT_TRUE(store_->protocols(peer_).empty()) << "identify tells anew";
}

TEST_F(PeerBooksTest, WhoIsStaticIsToldByTheConfigurationAlone) {
  start();
  store_->add_addresses(peer_, {one_}, kPermanentTtl);
  restart();
  EXPECT_EQ(store_->addresses(peer_), std::vector<Multiaddr>{one_});
  loop_.run_for(7 * 24h);
  EXPECT_TRUE(store_->addresses(peer_).empty());
  restart();
  EXPECT_TRUE(store_->peers().empty());
}

TEST_F(PeerBooksTest, GarbageGoesFromTheDisk) {
  start();
  store_->add_addresses(peer_, {one_}, 1h);
  store_->set_agent(peer_of(2), "identified");
  loop_.run_for(62min);
  EXPECT_FALSE(known_on_disk(peer_)) << "its address has ended, and nothing else is known";
  EXPECT_TRUE(known_on_disk(peer_of(2)));
  loop_.run_for(7 * 24h);
  EXPECT_FALSE(known_on_disk(peer_of(2)));
}

TEST_F(PeerBooksTest, OneBadRecordStopsNothing) {
  start();
  store_->add_addresses(peer_, {one_}, 1h);
  books_->on_record(peer_, record_of(1, 10));
  stop();
  auto database = open_database(kPeerBooksVersion, reputation::kTables);
  store::Batch batch;
  for (const Table table : {Table::kScores, Table::kMetadata, Table::kKnownPeers}) {
    batch.put(static_cast<store::TableId>(table), as_bytes("no id"), 1, as_bytes("no record"));
    batch.put(static_cast<store::TableId>(table), peer_of(2).bytes(), 1, as_bytes("no record"));
  }
  ASSERT_TRUE(loop_.run(database->write(std::move(batch))));
  loop_.run(database->close());
  database.reset();
  EXPECT_EQ(read()->unreadable, 6u);
  start();
  EXPECT_EQ(store_->addresses(peer_), std::vector<Multiaddr>{one_});
  EXPECT_TRUE(books_->metadata().find(peer_, loop_.wall_now()));
  EXPECT_EQ(read()->unreadable, 0u);
}

TEST_F(PeerBooksTest, WhatThePeerstoreForgetsForOthersGoesFromTheDisk) {
  options_.max_peers = 3;
  start();
  for (std::uint64_t i = 1; i <= 5; ++i) {
    store_->add_addresses(peer_of(i), {one_}, 1h);
    loop_.run_for(1s);
  }
  loop_.run_for(11s);
  EXPECT_EQ(read()->peers.size(), 3u);
  options_.max_peers = 2;
  restart();
  EXPECT_EQ(store_->peers(), (std::vector<PeerId>{peer_of(4), peer_of(5)})) << "the newest have stayed";
  loop_.run_for(11s);
  EXPECT_EQ(read()->peers.size(), 2u);
}

TEST_F(PeerBooksTest, AFileOfTheFirstVersionIsTakenOver) {
  auto database = open_database(1, 6);
  store::Batch batch;
  const reputation::Ban ban{loop_.wall_now() + 1h, loop_.wall_now(), "why", std::nullopt};
  batch.put(static_cast<store::TableId>(Table::kPeerBans), peer_.bytes(), 1, as_bytes(reputation::to_json(ban)));
  ASSERT_TRUE(loop_.run(database->write(std::move(batch))));
  loop_.run(database->close());
  database.reset();
  EXPECT_EQ(read()->peers.at(0).ban, ban) << "to be read without being changed";
  start();
  EXPECT_EQ(books_->bans().peers.find(peer_, loop_.wall_now()), ban);
  store_->add_addresses(peer_, {one_}, 1h);
  restart();
  EXPECT_EQ(store_->addresses(peer_), std::vector<Multiaddr>{one_});
  stop();
  EXPECT_EQ(open_database(kPeerBooksVersion, 8)->version(), kPeerBooksVersion);
}

TEST_F(PeerBooksTest, AFileOfALaterVersionIsRefused) {
  auto database = open_database(kPeerBooksVersion + 1, 8);
  loop_.run(database->close());
  database.reset();
  const std::string text = file_.string() + ": database is of a newer version of this program";
  const auto opened = open();
  ASSERT_FALSE(opened);
  EXPECT_EQ(opened.error(), "--p2p.peerstore.path: " + text);
  EXPECT_EQ(read_peer_file(file_, loop_.wall_now()).error(), text);
}

TEST_F(PeerBooksTest, TakesEntriesFromElsewhere) {
  start();
  PeerEntry entry(peer_);
  entry.scores = reputation::ScoreRecord{{}, loop_.wall_now()};
  entry.scores->scores.gossip.total = 3;
  entry.metadata = reputation::PeerMetadata{record_of(1, 10).to_text(), ChainId{10}, loop_.wall_now() - 1h};
  entry.known.emplace();
  entry.known->addresses = {{one_, loop_.wall_now() + 1h}};
  entry.known->agent = "agent";
  entry.ban = reputation::Ban{loop_.wall_now() + 1h, loop_.wall_now(), "why", std::nullopt};
  entry.blocked = true;
  ASSERT_TRUE(books_->import(entry));
  EXPECT_EQ(store_->addresses(peer_), std::vector<Multiaddr>{one_});
  ASSERT_TRUE(loop_.run(books_->write()));
  const auto file = read();
  ASSERT_EQ(file->peers.size(), 1u);
  entry.known->last_update = loop_.wall_now();
  EXPECT_EQ(file->peers[0], entry);
}

// Goes on from what is there: each peer has one address, which says its number. After each write it says how many there
// are.
void write_without_end(const std::filesystem::path& file, store::test::Channel channel) {
  SimulatedLoop loop(from_unix_seconds(1'700'000'000));
  WorkerPool pool(0);
  swarm::MemoryPeerStore store(loop);
  PeerBooks books(loop, 20min);
  if (!loop.run(books.open(pool, file, false, store, nullptr))) return;
  for (std::uint64_t number = store.peers().size();;) {
    for (int i = 0; i < 20; ++i, ++number) {
      store.add_addresses(peer_of(number), {at("/ip4/1.2.3.4/tcp/" + std::to_string(number + 1))}, 1h);
      books.scores().update(peer_of(number), loop.wall_now(), [&](auto& scores) { scores.gossip.total = 1; });
    }
    if (!loop.run(books.write()) || !channel.send(number)) return;
  }
}

TEST_F(PeerBooksTest, KilledInTheMiddleOfWrites) {
  std::uint64_t committed = 0;
  for (int round = 0; round < 8; ++round) {
    store::test::Process writer([this](store::test::Channel channel) { write_without_end(file_, channel); });
    ASSERT_TRUE(writer.channel().has_word(5000));
    ::usleep(static_cast<useconds_t>(500 + round * 1703 % 9000));
    writer.kill();
    while (const auto word = writer.channel().receive()) committed = *word;
    start();
    ASSERT_GE(store_->peers().size(), committed);
    for (std::uint64_t i = 0; i < committed; ++i) {
      ASSERT_EQ(store_->addresses(peer_of(i)).at(0).tcp_port(), i + 1);
      ASSERT_TRUE(books_->scores().find(peer_of(i), loop_.wall_now()));
    }
    stop();
  }
  EXPECT_GT(committed, 0u);
}

}  // namespace
}  // namespace opwire::node
