// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtCore/QTemporaryDir>
#include <atomic>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

#include "broker/io/posix_file_system.h"
#include "broker/protocol/messages/fetch.h"
#include "broker/protocol/messages/produce.h"
#include "broker/server/engine.h"
#include "tests/support/fast_folder.h"
#include "tests/support/faulty_file_system.h"
#include "tests/support/wire_client.h"

namespace weir::testing {

using Configs = std::map<std::string, std::string>;

/// A whole broker on a folder of its own, restartable, with a disk that can be full.
class ServerFixture {
public:
    explicit ServerFixture(Configs configs = {}, std::optional<std::chrono::milliseconds> frameDeadline = {},
                           Logger logger = {});
    ~ServerFixture();

    void start();
    void stop();
    [[nodiscard]] WireClient client() const { return WireClient(port()); }
    [[nodiscard]] std::uint16_t port() const { return m_engine->advertised().port(); }
    [[nodiscard]] server::Engine& engine() { return *m_engine; }

    void createTopic(const std::string& name, std::int32_t partitions = 1,
                     const std::map<std::string, std::string>& configs = {});
    /// The disk refuses every write until it has room again.
    void fillDisk() { m_isDiskFull = true; }
    void makeRoom() { m_isDiskFull = false; }
    /// From now on nothing in a folder of this name reaches the disk itself: fdatasync fails.
    void failSyncsIn(const std::string& folder) {
        const std::lock_guard lock(m_mutex);
        m_syncsFailIn = "/" + folder + "/";
    }
    /// Whoever makes a folder waits until the disk goes on.
    void holdFolders() { m_isHolding = true; }
    void releaseFolders() {
        m_isHolding = false;
        m_isHolding.notify_all();
    }
    [[nodiscard]] int foldersHeld() const { return m_foldersHeld; }

private:
    [[nodiscard]] std::optional<DiskFault> faultOf(DiskCall call, const io::Path& path);

    QTemporaryDir m_folder{fastFolder()};
    std::map<std::string, std::string> m_configs;
    std::optional<std::chrono::milliseconds> m_frameDeadline;
    Logger m_logger;
    std::atomic<bool> m_isDiskFull{false};
    std::atomic<bool> m_isHolding{false};
    std::atomic<int> m_foldersHeld{0};
    std::mutex m_mutex;
    std::string m_syncsFailIn;
    SystemClock m_clock;
    SystemRandom m_random;
    io::PosixFileSystem m_disk;
    FaultyFileSystem m_faulty{m_disk};
    std::unique_ptr<server::Engine> m_engine;
};

struct BatchSpec {
    std::vector<std::string> values{"value"};
    bool hasKeys = true;
    Compression compression = Compression::kNone;
    ProducerId producerId = kNoProducerId;
    ProducerEpoch producerEpoch = kNoProducerEpoch;
    Sequence sequence = kNoSequence;
    bool isTransactional = false;
    Timestamp timestamp = kNoTimestamp;
};
/// As a client would send it.
Bytes batchOf(const BatchSpec& spec);

/// One partition's answer to one Produce of `records`.
protocol::ProduceResponse::PartitionProduceResponse produce(WireClient& client, const std::string& topic,
                                                            std::int32_t partition, const Bytes& records,
                                                            std::int16_t version = 9);

struct FetchSpec {
    /// Outlives the request, which views it.
    std::string_view topic;
    std::int64_t offset = 0;
    std::int32_t partition = 0;
    std::int32_t maxWaitMs = 0;
    std::int32_t minBytes = 1;
    std::int16_t version = 12;
};
protocol::FetchRequest fetchOf(const FetchSpec& spec);

/// The values in fetched record bytes.
std::vector<std::string> valuesIn(ByteView records);

}  // namespace weir::testing
