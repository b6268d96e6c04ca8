// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/world.h"

#include <algorithm>
#include <array>
#include <asio/ip/tcp.hpp>
#include <filesystem>
#include <utility>

#include "broker/server/net/listener.h"
#include "tests/simulation/administering.h"
#include "tests/simulation/client.h"
#include "tests/simulation/house.h"
#include "tests/simulation/members.h"
#include "tests/simulation/polling.h"
#include "tests/simulation/producing.h"
#include "tests/simulation/setup.h"
#include "tests/simulation/table.h"
#include "tests/simulation/transacting.h"

namespace weir::simulation {

using std::chrono::milliseconds;

namespace {

constexpr milliseconds kHousekeeping{1000};
constexpr milliseconds kCompactionPause{250};
/// How long everybody may take to come to an end once nothing fails any more.
constexpr milliseconds kPatienceAtTheEnd{180'000};

}  // namespace

World::World(const Plan& plan)
    : m_plan(plan),
      m_dice(plan.seed),
      m_trace(plan.traceFile),
      m_timeline(m_dice),
      m_network(m_timeline, m_dice, m_trace, [this](int socket, std::uint16_t port) {
          if (!m_house->isUp()) {
              return false;
          }
          m_house->engine().listener().adopt(
              socket, {asio::ip::make_address_v4(asio::ip::address_v4::bytes_type{127, 0, 0, 1}), port});
          return true;
      }) {
    std::filesystem::create_directories(m_plan.folder);
    m_house = std::make_unique<House>(m_timeline, m_dice, m_trace, m_plan.folder,
                                      m_plan.logsToStandardError ? Logger::make(LogLevel::kDebug, {}) : Logger());
}

World::~World() {
    m_clients.clear();
    m_house.reset();
    std::error_code ignored;
    std::filesystem::remove_all(m_plan.folder, ignored);
}

void World::note(checker::Event event) {
    event.time = m_historyTime++;
    m_trace.note(event.value, static_cast<std::uint64_t>(event.deed), static_cast<std::uint64_t>(event.offset));
    m_outcome.history.push_back(std::move(event));
}

void World::complain(const std::string& what) {
    m_trace.note(what);
    m_outcome.anomalies += what + " (at " + std::to_string(m_timeline.nowMs()) + " ms)\n";
}

Outcome World::run() {
    m_hasFaults = false;
    if (!m_house->start()) {
        complain("does not start: " + m_house->trouble());
        return std::move(m_outcome);
    }
    scheduleHousekeeping();
    scheduleCompaction();
    Setup setup(*this, "setup");
    setup.begin();
    if (!live(kPatienceAtTheEnd, [&] { return setup.isDone(); })) {
        complain("no topic could be made");
        return std::move(m_outcome);
    }
    m_places = setup.made();
    m_topicIds = setup.ids();
    populate();
    m_hasFaults = true;
    scheduleTrouble();
    const auto end = m_timeline.now() + milliseconds(m_dice.between(1'000, 7'000));
    live(milliseconds(60'000), [&] { return m_timeline.now() >= end; });

    m_hasFaults = false;
    m_isClosing = true;
    m_pausedUntil = {};
    m_house->heal();
    // What the disk's faults took out of service comes back with a start.
    m_house->isUp() ? stop() : void();
    restart();
    if (!live(kPatienceAtTheEnd, [&] { return clientsAreDone(); })) {
        for (const auto& client : m_clients) {
            if (!client->isDone()) {
                complain(client->name() + " did not come to an end");
            }
        }
    }
    readWhole();
    m_outcome.anomalies += checker::toText(checker::judge(m_outcome.history));
    m_outcome.traceHash = m_trace.hash();
    m_outcome.events = m_trace.count();
    return std::move(m_outcome);
}

std::string World::topicNamed(const Uuid& id) const {
    const auto found = m_topicIds.find(id);
    return found == m_topicIds.end() ? std::string() : found->second;
}

void World::populate() {
    const std::size_t producers = 1 + m_dice.below(3);
    for (std::size_t i = 0; i < producers; ++i) {
        m_clients.push_back(std::make_unique<IdempotentProducer>(*this, "producer-" + std::to_string(i)));
    }
    const std::size_t transactors = m_dice.below(3);
    for (std::size_t i = 0; i < transactors; ++i) {
        m_clients.push_back(std::make_unique<Transactor>(*this, "transactor-" + std::to_string(i)));
    }
    const std::size_t classics = m_dice.below(4);
    for (std::size_t i = 0; i < classics; ++i) {
        m_clients.push_back(std::make_unique<ClassicMember>(*this, "classic-" + std::to_string(i), "classic"));
    }
    const std::size_t moderns = m_dice.below(4);
    for (std::size_t i = 0; i < moderns; ++i) {
        m_clients.push_back(std::make_unique<ModernMember>(*this, "modern-" + std::to_string(i), "modern"));
    }
    m_clients.push_back(std::make_unique<Reader>(*this, "reader", Sees::kEverything));
    m_clients.push_back(std::make_unique<Reader>(*this, "careful", Sees::kCommitted));
    if (m_dice.oneIn(2)) {
        m_clients.push_back(std::make_unique<Administrator>(*this, "admin"));
    }
    if (m_dice.oneIn(2)) {
        auto writer = std::make_unique<TableWriter>(*this, "table-writer");
        m_tableWriter = writer.get();
        m_clients.push_back(std::move(writer));
    }
    for (const auto& client : m_clients) {
        client->begin();
    }
}

bool World::clientsAreDone() const {
    return std::all_of(m_clients.begin(), m_clients.end(), [](const auto& client) { return client->isDone(); });
}

void World::readWhole() {
    // What was acknowledged has to be there after a stop as after a crash.
    const bool isClean = m_dice.oneIn(2);
    if (m_house->isUp()) {
        isClean ? stop() : crash();
    }
    restart();
    std::vector<std::unique_ptr<Client>> readers;
    readers.push_back(std::make_unique<WholeReader>(*this, "whole", Sees::kEverything));
    readers.push_back(std::make_unique<WholeReader>(*this, "whole-committed", Sees::kCommitted));
    if (m_tableWriter != nullptr) {
        readers.push_back(std::make_unique<TableReader>(*this, "table-reader", m_tableWriter->table()));
    }
    for (const auto& reader : readers) {
        reader->begin();
    }
    const auto areDone = [&] {
        return std::all_of(readers.begin(), readers.end(), [](const auto& each) { return each->isDone(); });
    };
    if (!live(kPatienceAtTheEnd, areDone)) {
        complain("a partition cannot be read to its end");
    }
}

bool World::live(milliseconds limit, const std::function<bool()>& isOver) {
    const auto end = m_timeline.now() + limit;
    while (!isOver()) {
        if (m_timeline.now() >= end || hasRunAway()) {
            return false;
        }
        step();
    }
    return true;
}

/// Nothing that a run should do comes near to these; without them a mistake takes all of the machine's memory.
bool World::hasRunAway() {
    constexpr std::uint64_t kMostSteps = 3'000'000;
    constexpr std::uint64_t kMostBytes = std::uint64_t{256} << 20;
    constexpr std::uint64_t kLookEach = 1 << 12;
    if (m_hasRunAway || ++m_steps % kLookEach != 0) {
        return m_hasRunAway;
    }
    m_hasRunAway = m_steps > kMostSteps || m_house->diskBytes() > kMostBytes || m_network.waitingBytes() > kMostBytes;
    if (m_hasRunAway) {
        complain("runs away: " + std::to_string(m_steps) + " steps, " + std::to_string(m_house->diskBytes()) +
                 " bytes on the disk, " + std::to_string(m_network.waitingBytes()) + " on their way");
    }
    return m_hasRunAway;
}

void World::step() {
    const bool runs = m_house->isUp() && m_timeline.now() >= m_pausedUntil;
    // Threads take their time: now and then something happens while the broker has work to do.
    constexpr std::size_t kSeldom = 12;
    constexpr milliseconds kSoon{3};
    const bool isSlow = m_timeline.next() <= m_timeline.now() + kSoon && m_dice.oneIn(kSeldom);
    if (runs && !isSlow && workOnce()) {
        return;
    }
    const auto timer = runs ? m_house->engine().nextTimer() : Clock::Steady::max();
    if (timer < m_timeline.next()) {
        m_timeline.passTo(timer);
    } else {
        m_timeline.runNext();
    }
    if (m_house->isDying()) {
        crash();
    }
}

bool World::workOnce() {
    using server::Work;
    static constexpr std::array<Work, 5> kParts{Work::kNetwork, Work::kTimers, Work::kDisk, Work::kCatalog,
                                                Work::kCommits};
    const std::size_t first = m_dice.below(kParts.size());
    for (std::size_t i = 0; i < kParts.size(); ++i) {
        const Work part = kParts[(first + i) % kParts.size()];
        if (!m_house->engine().work(part)) {
            continue;
        }
        m_trace.note("work", static_cast<std::uint64_t>(part));
        if (m_house->isDying()) {
            crash();
        } else if (part == Work::kNetwork) {
            m_network.pump();
        }
        return true;
    }
    return false;
}

void World::scheduleHousekeeping() {
    m_timeline.after(kHousekeeping, [this] {
        if (m_house->isUp()) {
            m_house->engine().work(server::Work::kHousekeeping);
        }
        scheduleHousekeeping();
    });
}

void World::scheduleCompaction() {
    m_timeline.after(kCompactionPause, [this] {
        if (m_house->isUp() && m_house->engine().work(server::Work::kCompaction)) {
            m_trace.note("compacted");
            ++m_outcome.compactions;
        }
        scheduleCompaction();
    });
}

void World::scheduleTrouble() {
    m_timeline.after(milliseconds(m_dice.between(100, 1500)), [this] {
        if (m_hasFaults) {
            trouble();
            scheduleTrouble();
        }
    });
}

void World::trouble() {
    constexpr std::size_t kKinds = 12;
    const std::size_t kind = m_dice.below(kKinds);
    m_trace.note("trouble", kind);
    switch (kind) {
        case 0:
            if (m_house->isUp()) {
                m_house->dieSoon();
            }
            break;
        case 1:
            crash();
            break;
        case 2:
            if (m_house->isUp()) {
                stop();
                m_timeline.after(milliseconds(m_dice.between(10, 500)), [this] { restart(); });
            }
            break;
        case 3:
            m_house->fillDisk();
            m_timeline.after(milliseconds(m_dice.between(50, 2000)), [this] { m_house->heal(); });
            break;
        case 4:
            m_house->failSome(static_cast<std::size_t>(m_dice.between(2, 30)));
            m_timeline.after(milliseconds(m_dice.between(50, 1000)), [this] { m_house->heal(); });
            break;
        case 5:
            m_pausedUntil = m_timeline.now() + milliseconds(m_dice.between(100, 4000));
            break;
        case 6:
            m_timeline.clock().jumpWallTo(m_timeline.clock().wallNowMs() + m_dice.between(-300'000, 300'000));
            break;
        default:
            m_network.disturb();
            break;
    }
}

void World::stop() {
    m_house->stopCleanly();
    m_network.dropAll();
}

void World::crash() {
    if (!m_house->isUp() && !m_house->isDying()) {
        return;
    }
    ++m_outcome.crashes;
    const bool losesPower = m_house->isDurable() && m_dice.oneIn(2);
    m_house->crash(losesPower ? CrashKind::kPowerCut : CrashKind::kKill);
    m_network.dropAll();
    m_timeline.after(milliseconds(m_dice.between(10, 1000)), [this] { restart(); });
}

void World::restart() {
    if (m_house->isUp()) {
        return;
    }
    if (m_hasFaults && m_dice.oneIn(4)) {
        m_house->dieSoon();
    }
    if (m_house->start()) {
        return;
    }
    if (m_house->isDying()) {
        crash();
        return;
    }
    if (!m_house->isTroubled()) {
        complain("does not start: " + m_house->trouble());
    }
    m_timeline.after(milliseconds(200), [this] { restart(); });
}

}  // namespace weir::simulation
