// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLockFile>
#include <memory>
#include <mutex>
#include <optional>

#include "app/replay/replay_store.h"

namespace weir::app {

/// The file of replays that are not at their end, opened when it is needed. Where it cannot be used replays last as
/// long as Weir does. Worker threads; shared by them.
class ReplayShelf {
public:
    /// An empty path keeps nothing.
    ReplayShelf(QString path, const Clock& clock) : m_path(std::move(path)), m_clock(clock) {}

    /// Those of one window that an earlier Weir left, or another one works at.
    [[nodiscard]] std::vector<StoredReplay> of(const std::string& source);
    void remove(const std::string& id);

    /// A replay's right to run, which one process alone has, and its line in the file. One thread.
    class Run {
    public:
        /// With its first checkpoint, before it writes anything; then what changed, at most twice a second.
        void moved(const ReplayCheckpoint& to);
        /// It ended: well, or where it stands.
        void ended(bool isDone);

    private:
        friend class ReplayShelf;
        Run(ReplayShelf& shelf, StoredReplay replay, std::unique_ptr<QLockFile> lock)
            : m_shelf(shelf), m_replay(std::move(replay)), m_lock(std::move(lock)) {}

        ReplayShelf& m_shelf;
        StoredReplay m_replay;
        std::unique_ptr<QLockFile> m_lock;
        bool m_isPut = false;
        bool m_isSaved = true;
        Clock::Steady m_lastSave{};
    };
    /// nullptr: another Weir runs it now.
    [[nodiscard]] std::unique_ptr<Run> begin(StoredReplay replay);

private:
    enum class Absent { kLeave, kMake };
    [[nodiscard]] ReplayStore* open(Absent absent);

    QString m_path;
    const Clock& m_clock;
    std::mutex m_mutex;
    std::unique_ptr<ReplayStore> m_store;
};

}  // namespace weir::app
