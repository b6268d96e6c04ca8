// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/connections/profile_store.h"

#include <QFileInfo>
#include <QLockFile>
#include <QUuid>
#include <algorithm>

#include "app/connections/profiles.h"
#include "app/settings/settings_file.h"
#include "ui/backend/settings.h"

namespace weir::app {

namespace {

using Profiles = std::vector<ui::ConnectionProfile>;

Profiles::iterator findIn(Profiles& all, const QString& id) {
    return std::find_if(all.begin(), all.end(), [&id](const ui::ConnectionProfile& one) { return one.id == id; });
}

QString freeName(const Profiles& all, const QString& name) {
    for (int number = 2;; ++number) {
        const QString wanted = QStringLiteral("%1 (%2)").arg(name).arg(number);
        if (std::none_of(all.begin(), all.end(), [&](const auto& one) { return one.name == wanted; })) {
            return wanted;
        }
    }
}

// As it is in memory, where nobody else changes anything.
void makeChange(Profiles& all, const ProfileChange& change) {
    const auto known = findIn(all, change.after ? change.after->id : change.before->id);
    if (!change.after) {
        if (known != all.end()) {
            all.erase(known);
        }
    } else if (known != all.end()) {
        *known = *change.after;
    } else {
        all.push_back(*change.after);
    }
}

// As it is made to what others may have changed.
void merge(Profiles& all, const ProfileChange& change, QStringList& said) {
    const QString id = change.after ? change.after->id : change.before->id;
    const auto now = findIn(all, id);
    const bool isThere = now != all.end();
    const bool isAsKnown = isThere == change.before.has_value() && (!isThere || *now == *change.before);
    if (isAsKnown || (isThere && change.after && *now == *change.after) || (!isThere && !change.after)) {
        makeChange(all, change);
    } else if (!change.after) {
        said << ProfileStore::tr("%1 was changed in another Weir at the same time and is kept.").arg(now->name);
    } else if (!isThere) {
        said << ProfileStore::tr("%1 was removed in another Weir at the same time; it is kept as it was saved here.")
                    .arg(change.after->name);
        all.push_back(*change.after);
    } else {
        ui::ConnectionProfile own = *change.after;
        own.id = QUuid::createUuid().toString(QUuid::WithoutBraces);
        own.name = freeName(all, own.name);
        said << ProfileStore::tr(
                    "%1 was changed in another Weir at the same time. Both are kept: what was saved here is "
                    "%2 now.")
                    .arg(now->name, own.name);
        all.push_back(std::move(own));
    }
}

/// What a file of settings holds, on any thread.
class FileSettings final : public ui::Settings {
public:
    explicit FileSettings(QVariantMap held) : values(std::move(held)) {}
    [[nodiscard]] QVariant value(const QString& key, const QVariant& fallback) const override {
        return values.value(key, fallback);
    }
    void setValue(const QString& key, const QVariant& value) override { values.insert(key, value); }

    QVariantMap values;
};

}  // namespace

MergedProfiles mergeProfiles(const QString& path, const std::vector<ProfileChange>& changes) {
    constexpr int kPatienceMs = 10'000;
    QLockFile lock(path + QStringLiteral(".lock"));
    // Whoever died with it holds it no longer.
    lock.setStaleLockTime(0);
    MergedProfiles merged;
    const bool mayWrite = changes.empty() || lock.tryLock(kPatienceMs);
    FileSettings settings(loadSettings(path).values);
    merged.profiles = loadProfiles(settings);
    if (changes.empty()) {
        return merged;
    }
    const Profiles before = merged.profiles;
    for (const ProfileChange& change : changes) {
        merge(merged.profiles, change, merged.said);
    }
    saveProfiles(settings, merged.profiles);
    merged.isWritten = mayWrite && (merged.profiles == before || saveSettings(path, settings.values));
    if (!merged.isWritten) {
        merged.said = QStringList(ProfileStore::tr("The connections could not be written to %1. They last until Weir "
                                                   "ends, and it is tried again with the next change.")
                                      .arg(path));
    }
    return merged;
}

ProfileStore::ProfileStore(QString path, QObject* parent) : QObject(parent), m_path(std::move(path)) {
    if (m_path.isEmpty()) {
        return;
    }
    // The folder as well: whoever writes the file puts a new one in its place. Before it is read, so that what another
    // Weir writes meanwhile is seen.
    m_watcher.addPath(QFileInfo(m_path).path());
    const auto look = [this](const QString&) { post(); };
    connect(&m_watcher, &QFileSystemWatcher::directoryChanged, this, look);
    connect(&m_watcher, &QFileSystemWatcher::fileChanged, this, look);
    if (QFileInfo::exists(m_path)) {
        m_watcher.addPath(m_path);
    }
    m_profiles = mergeProfiles(m_path, {}).profiles;
}

ProfileStore::~ProfileStore() {
    m_pool.stop();
    if (!m_waiting->changes.empty()) {
        mergeProfiles(m_path, {m_waiting->changes.begin(), m_waiting->changes.end()});
    }
}

const ui::ConnectionProfile* ProfileStore::find(const QString& id) const {
    const auto found = std::find_if(m_profiles.begin(), m_profiles.end(),
                                    [&id](const ui::ConnectionProfile& one) { return one.id == id; });
    return found == m_profiles.end() ? nullptr : &*found;
}

void ProfileStore::put(const ui::ConnectionProfile& profile) {
    const ui::ConnectionProfile* const known = find(profile.id);
    write({known == nullptr ? std::nullopt : std::optional(*known), profile});
}

void ProfileStore::remove(const QString& id) {
    if (const ui::ConnectionProfile* const known = find(id)) {
        write({*known, std::nullopt});
    }
}

void ProfileStore::write(ProfileChange change) {
    makeChange(m_profiles, change);
    if (!m_path.isEmpty()) {
        const std::lock_guard lock(m_waiting->mutex);
        m_waiting->changes.push_back(std::move(change));
    }
    post();
    Q_EMIT changed();
}

// A change leaves the queue only when it is in the file.
void ProfileStore::post() {
    if (m_path.isEmpty()) {
        return;
    }
    m_pool.post([this, path = m_path, waiting = m_waiting] {
        std::vector<ProfileChange> changes;
        {
            const std::lock_guard lock(waiting->mutex);
            changes.assign(waiting->changes.begin(), waiting->changes.end());
        }
        MergedProfiles merged = mergeProfiles(path, changes);
        if (merged.isWritten) {
            const std::lock_guard lock(waiting->mutex);
            waiting->changes.erase(waiting->changes.begin(),
                                   waiting->changes.begin() + static_cast<std::ptrdiff_t>(changes.size()));
        }
        QMetaObject::invokeMethod(
            this, [this, merged = std::move(merged)]() mutable { take(std::move(merged)); }, Qt::QueuedConnection);
    });
}

void ProfileStore::take(MergedProfiles merged) {
    if (!m_watcher.files().contains(m_path) && QFileInfo::exists(m_path)) {
        m_watcher.addPath(m_path);
    }
    {
        // What was done here since is not in the file yet.
        const std::lock_guard lock(m_waiting->mutex);
        for (const ProfileChange& change : m_waiting->changes) {
            makeChange(merged.profiles, change);
        }
    }
    if (merged.profiles != m_profiles) {
        m_profiles = std::move(merged.profiles);
        Q_EMIT changed();
    }
    for (const QString& sentence : merged.said) {
        // A disk that goes on refusing is told of once.
        if (merged.isWritten || !m_lastSaid.contains(sentence)) {
            Q_EMIT told(sentence);
        }
    }
    m_lastSaid = merged.said;
}

}  // namespace weir::app
