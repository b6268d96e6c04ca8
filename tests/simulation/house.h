// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <optional>
#include <string>

#include "broker/base/log.h"
#include "broker/server/engine.h"
#include "tests/simulation/catalog_disk.h"
#include "tests/simulation/dice.h"
#include "tests/simulation/timeline.h"
#include "tests/simulation/trace.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/memory_file_system.h"

namespace weir::simulation {

enum class CrashKind : std::uint8_t {
    kKill,      ///< The process is gone; the system keeps what it was given.
    kPowerCut,  ///< The machine is gone; the disk keeps what was synced, and of the rest what it likes.
};

/// The machine the broker runs on: its disks and the engine itself, which comes and goes.
class House {
public:
    House(Timeline& timeline, Dice& dice, Trace& trace, std::string folder, Logger logger);
    ~House();

    /// False: it does not start, and `trouble` says why.
    bool start();
    [[nodiscard]] bool isUp() const { return m_engine != nullptr; }
    [[nodiscard]] server::Engine& engine() { return *m_engine; }
    /// The disk has faults of its own at the moment.
    [[nodiscard]] bool isTroubled() const { return m_isFull || m_failOneIn != 0; }
    [[nodiscard]] const std::string& trouble() const { return m_trouble; }
    /// Acknowledged means synced.
    [[nodiscard]] bool isDurable() const { return m_isDurable; }

    [[nodiscard]] std::uint64_t diskBytes() { return m_memory.usedBytes(); }

    void stopCleanly();
    void crash(CrashKind kind);
    /// The disk stops answering at one of its next calls, perhaps in the middle of a write; the crash has to follow.
    void dieSoon() { m_callsLeft = m_dice.below(kMostCallsLeft); }
    [[nodiscard]] bool isDying() const { return m_isFrozen; }

    /// Disk faults until `heal`.
    void fillDisk();
    void failSome(std::size_t oneIn) { m_failOneIn = oneIn; }
    void heal();

private:
    static constexpr std::size_t kMostCallsLeft = 40;

    std::optional<testing::DiskFault> judge(testing::DiskCall call, const io::Path& path);
    std::optional<CatalogFault> judgeCatalog(CatalogCall call);
    /// True: nothing reaches the disk any more.
    bool countDown();

    Timeline& m_timeline;
    Dice& m_dice;
    Trace& m_trace;
    const std::string m_folder;
    Logger m_logger;
    const bool m_isDurable;
    SeededRandom m_random;
    testing::MemoryFileSystem m_memory;
    testing::FaultyFileSystem m_disk;
    CatalogDisk m_catalogDisk;
    std::optional<std::size_t> m_callsLeft;
    bool m_isFrozen = false;
    bool m_isFull = false;
    std::size_t m_failOneIn = 0;
    std::string m_trouble;
    std::unique_ptr<server::Engine> m_engine;
};

}  // namespace weir::simulation
