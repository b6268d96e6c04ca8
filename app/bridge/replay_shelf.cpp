// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/bridge/replay_shelf.h"

#include <QFile>

namespace weir::app {

namespace {
constexpr std::chrono::milliseconds kSaveInterval{500};
}

ReplayStore* ReplayShelf::open(Absent absent) {
    const std::lock_guard lock(m_mutex);
    // Nobody who never replays pays for a file.
    if (m_store == nullptr && !m_path.isEmpty() && (absent == Absent::kMake || QFile::exists(m_path))) {
        if (auto opened = ReplayStore::open(m_path.toStdString())) {
            m_store = *std::move(opened);
            QFile::setPermissions(m_path, QFile::ReadOwner | QFile::WriteOwner);
        }
    }
    return m_store.get();
}

std::vector<StoredReplay> ReplayShelf::of(const std::string& source) {
    ReplayStore* const store = open(Absent::kLeave);
    return store == nullptr ? std::vector<StoredReplay>() : store->of(source);
}

void ReplayShelf::remove(const std::string& id) {
    if (ReplayStore* const store = open(Absent::kLeave)) {
        static_cast<void>(store->remove(id).ok());
    }
}

std::unique_ptr<ReplayShelf::Run> ReplayShelf::begin(StoredReplay replay) {
    std::unique_ptr<QLockFile> lock;
    if (!m_path.isEmpty()) {
        // What a process that was killed left locked is free: its number tells.
        lock = std::make_unique<QLockFile>(m_path + QLatin1Char('.') + QString::fromStdString(replay.id));
        lock->setStaleLockTime(0);
        if (!lock->tryLock(0) && lock->error() == QLockFile::LockFailedError) {
            return nullptr;
        }
    }
    return std::unique_ptr<Run>(new Run(*this, std::move(replay), std::move(lock)));
}

void ReplayShelf::Run::moved(const ReplayCheckpoint& to) {
    m_replay.spec.resume = to;
    m_replay.at = Timestamp(m_shelf.m_clock.wallNowMs());
    const auto now = m_shelf.m_clock.steadyNow();
    m_isSaved = m_isPut && now - m_lastSave < kSaveInterval ? false : true;
    if (!m_isSaved) {
        return;
    }
    m_lastSave = now;
    // A disk that refuses costs no more than going on after Weir has ended.
    if (ReplayStore* const store = m_shelf.open(Absent::kMake)) {
        static_cast<void>((m_isPut ? store->move(m_replay.id, to, m_replay.at) : store->put(m_replay)).ok());
    }
    m_isPut = true;
}

void ReplayShelf::Run::ended(bool isDone) {
    ReplayStore* const store = m_isPut ? m_shelf.open(Absent::kLeave) : nullptr;
    if (store != nullptr && isDone) {
        static_cast<void>(store->remove(m_replay.id).ok());
    } else if (store != nullptr && !m_isSaved) {
        static_cast<void>(store->move(m_replay.id, m_replay.spec.resume, m_replay.at).ok());
    }
    m_lock.reset();
}

}  // namespace weir::app
