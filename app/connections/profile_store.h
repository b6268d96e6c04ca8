// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QFileSystemWatcher>
#include <QObject>
#include <deque>
#include <memory>
#include <mutex>
#include <optional>

#include "app/jobs/worker_pool.h"
#include "ui/backend/connections.h"

namespace weir::app {

/// What somebody did to one connection. `before` is what it was when they did; nothing: it was not there. Nothing after
/// it: it was removed.
struct ProfileChange {
    std::optional<ui::ConnectionProfile> before;
    std::optional<ui::ConnectionProfile> after;
};

/// What a file holds once changes were made to it, and what a person should know about them.
struct MergedProfiles {
    std::vector<ui::ConnectionProfile> profiles;
    QStringList said;
    /// False: nothing could be written, and the changes wait.
    bool isWritten = true;
};

/// Makes the changes to the file, which other processes change as well: they take turns by a lock, and a change is made
/// to what the file holds then. A connection that somebody else changed meanwhile is kept as they left it, and this
/// change beside it under a name of its own; nothing that anybody wrote is lost. Waits for the disk: workers only.
MergedProfiles mergeProfiles(const QString& path, const std::vector<ProfileChange>& changes);

/// The connections of all Weirs that share a configuration. Changes show at once and are written on a worker; what
/// another process writes shows as soon as it is there. GUI thread. An empty path: as long as the object lives.
class ProfileStore final : public QObject {
    Q_OBJECT

public:
    explicit ProfileStore(QString path, QObject* parent = nullptr);
    /// Writes what is still to be written.
    ~ProfileStore() override;

    [[nodiscard]] const std::vector<ui::ConnectionProfile>& profiles() const { return m_profiles; }
    [[nodiscard]] const ui::ConnectionProfile* find(const QString& id) const;
    /// Adds it, or replaces the one with its id.
    void put(const ui::ConnectionProfile& profile);
    void remove(const QString& id);

Q_SIGNALS:
    void changed();
    /// What became of a change that met another one, or a disk that refuses.
    void told(const QString& sentence);

private:
    struct Waiting {
        std::mutex mutex;
        std::deque<ProfileChange> changes;
    };
    void write(ProfileChange change);
    void post();
    void take(MergedProfiles merged);

    QString m_path;
    std::vector<ui::ConnectionProfile> m_profiles;
    std::shared_ptr<Waiting> m_waiting = std::make_shared<Waiting>();
    QFileSystemWatcher m_watcher;
    QStringList m_lastSaid;
    /// The last member: stopped before anything else goes.
    WorkerPool m_pool{1};
};

}  // namespace weir::app
