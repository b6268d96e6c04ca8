// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/simulation/house.h"

#include <utility>

namespace weir::simulation {

using testing::DiskCall;
using testing::DiskFault;

House::House(Timeline& timeline, Dice& dice, Trace& trace, std::string folder, Logger logger)
    : m_timeline(timeline),
      m_dice(dice),
      m_trace(trace),
      m_folder(std::move(folder)),
      m_logger(std::move(logger)),
      m_isDurable(dice.oneIn(2)),
      m_random(dice.next()),
      m_disk(m_memory),
      m_catalogDisk([this](CatalogCall call) { return judgeCatalog(call); }) {
    m_disk.setPlan([this](DiskCall call, const io::Path& path) { return judge(call, path); });
    (void)m_memory.createDirectories(m_folder);
    for (io::Path at = m_folder; !at.empty(); at = at.parent_path()) {
        (void)m_memory.syncDirectory(at.parent_path());
    }
}

House::~House() = default;

bool House::start() {
    server::EngineOptions options;
    options.dataFolder = m_folder;
    options.listen = {{"127.0.0.1", 9092}};
    options.networkThreads = 1;
    options.logger = m_logger;
    options.configs = {{"weir.durability", m_isDurable ? "durable" : "kernel"},
                       {"group.initial.rebalance.delay.ms", "100"},
                       {"log.cleaner.dedupe.buffer.size", "1048576"},
                       {"group.min.session.timeout.ms", "1000"},
                       {"transaction.abort.timed.out.transaction.cleanup.interval.ms", "1000"}};
    auto engine = server::Engine::start(std::move(options), server::World{.clock = m_timeline.clock(),
                                                                          .random = m_random,
                                                                          .disk = m_disk,
                                                                          .threads = Threads::kNone,
                                                                          .sqliteVfs = m_catalogDisk.name()});
    m_trace.note("start", engine.ok());
    if (!engine) {
        m_trouble = engine.error().message;
        return false;
    }
    m_engine = *std::move(engine);
    return true;
}

void House::stopCleanly() {
    m_trace.note("stop");
    m_engine->stop();
    m_engine.reset();
    m_callsLeft.reset();
}

void House::crash(CrashKind kind) {
    m_trace.note("crash", static_cast<std::uint64_t>(kind));
    m_isFrozen = true;
    m_engine.reset();
    m_callsLeft.reset();
    m_isFrozen = false;
    if (kind == CrashKind::kPowerCut) {
        m_memory.powerCut([this](std::size_t count) { return m_dice.below(count); });
        m_catalogDisk.powerCut(m_dice, m_folder);
    }
}

void House::fillDisk() {
    m_isFull = true;
}

void House::heal() {
    m_isFull = false;
    m_failOneIn = 0;
}

bool House::countDown() {
    if (m_callsLeft && !m_isFrozen) {
        m_isFrozen = *m_callsLeft == 0;
        --*m_callsLeft;
    }
    return m_isFrozen;
}

std::optional<DiskFault> House::judge(DiskCall call, const io::Path& path) {
    m_trace.note(path.parent_path().filename().string() + "/" + path.filename().string(),
                 static_cast<std::uint64_t>(call));
    const bool wasFrozen = m_isFrozen;
    const bool isChange = call != DiskCall::kRead && call != DiskCall::kList && call != DiskCall::kOpen;
    if (countDown()) {
        // The call at which it happens may have begun.
        constexpr std::size_t kLongest = 300;
        return DiskFault{io::IoErrc::kIo, wasFrozen ? 0 : m_dice.below(kLongest)};
    }
    if (m_isFull && call == DiskCall::kWrite) {
        return DiskFault{io::IoErrc::kDiskFull, m_dice.below(2)};
    }
    if (m_failOneIn != 0 && isChange && m_dice.oneIn(m_failOneIn)) {
        m_trace.note("fails");
        return DiskFault{io::IoErrc::kIo, 0};
    }
    return std::nullopt;
}

std::optional<CatalogFault> House::judgeCatalog(CatalogCall call) {
    m_trace.note("catalog", static_cast<std::uint64_t>(call));
    if (countDown()) {
        return CatalogFault::kIo;
    }
    if (m_isFull && call == CatalogCall::kWrite) {
        return CatalogFault::kFull;
    }
    const bool isChange = call == CatalogCall::kWrite || call == CatalogCall::kSync;
    if (m_failOneIn != 0 && isChange && m_dice.oneIn(m_failOneIn)) {
        return CatalogFault::kIo;
    }
    return std::nullopt;
}

}  // namespace weir::simulation
