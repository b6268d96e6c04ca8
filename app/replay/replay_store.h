// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <memory>
#include <mutex>
#include <string>
#include <vector>

#include "app/replay/replay.h"

namespace weir::app {

/// A replay that is not at its end: one that runs, was stopped, failed, or was under way when Weir ended.
struct StoredReplay {
    std::string id;
    std::string title;
    /// The window it belongs to, and the cluster behind it then; the same of the target.
    std::string source;
    std::string sourceCluster;
    std::string target;
    std::string targetCluster;
    /// With its checkpoint. A hash's secret is never kept: it comes back empty.
    ReplaySpec spec;
    Timestamp at = kNoTimestamp;
};

/// Replays that are not at their end, in a file that outlives Weir. Several processes may have it open. Thread safe;
/// every call may wait for the disk, so workers call it. Errors are sentences.
class ReplayStore {
public:
    /// A file that is damaged or from a newer Weir is renamed to `….kept` and a new one begun.
    static Result<std::unique_ptr<ReplayStore>, std::string> open(const std::string& path);
    ~ReplayStore();

    Result<void, std::string> put(const StoredReplay& replay);
    /// Only the checkpoint has changed. One that was removed stays away.
    Result<void, std::string> move(const std::string& id, const ReplayCheckpoint& to, Timestamp at);
    Result<void, std::string> remove(const std::string& id);
    /// Those of one window, the newest first.
    [[nodiscard]] std::vector<StoredReplay> of(const std::string& source);

private:
    struct Inside;
    explicit ReplayStore(std::unique_ptr<Inside> inside);
    std::mutex m_mutex;
    std::unique_ptr<Inside> m_inside;
};

}  // namespace weir::app
